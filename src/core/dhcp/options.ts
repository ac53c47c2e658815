import { DecodeError } from '../net/bytes.ts';
import { bytes, codes, exactly } from './shapes/bytes.ts';
import { domains } from './shapes/domains.ts';
import { encapsulated, endedEncapsulated } from './shapes/encapsulated.ts';
import { ipv4, ipv4List } from './shapes/ipv4.ts';
import { u16, u16List, u32, u8 } from './shapes/number.ts';
import type { Shape, ShapeValue } from './shapes/shape.ts';
import { terminatedText, text } from './shapes/text.ts';
import { userClass } from './shapes/user-class.ts';
import type { RawOptions } from './tlv.ts';

const option = <S>(code: number, shape: S): { readonly code: number; readonly shape: S } => ({ code, shape });

/**
 * The options that pxen reads and writes (RFC 2132 unless said otherwise). They are written in the order of this table,
 * which puts first what no client can do without: where a packet must be short, the later ones are left out.
 */
export const OPTIONS = {
  messageType: option(53, u8),
  serverId: option(54, ipv4),
  leaseTime: option(51, u32),
  subnetMask: option(1, ipv4),
  vendorClass: option(60, text),
  /** PXE's own options (PXE 2.1, table 2-1). */
  pxe: option(43, endedEncapsulated),
  /** RFC 4578 2.3: the type and the UUID, echoed byte for byte. */
  machineId: option(97, bytes),
  bootFile: option(67, terminatedText),
  bootServer: option(66, text),
  router: option(3, ipv4List),
  renewalTime: option(58, u32),
  rebindingTime: option(59, u32),
  dnsServers: option(6, ipv4List),
  hostName: option(12, text),
  domainName: option(15, text),
  /** iPXE's own options (ipxe.org/howto/dhcpd). */
  ipxe: option(175, encapsulated),
  domainSearch: option(119, domains),
  requestedAddress: option(50, ipv4),
  overload: option(52, u8),
  parameters: option(55, codes),
  maxSize: option(57, u16),
  userClass: option(77, userClass),
  /** RFC 4578 2.1. */
  arch: option(93, u16List),
  /** RFC 4578 2.2: type, major, minor. */
  ndi: option(94, exactly(3)),
  message: option(56, text),
  clientId: option(61, bytes),
  /** RFC 3046: given back unchanged, and last. */
  relayAgent: option(82, bytes),
} as const;

export type OptionName = keyof typeof OPTIONS;
export type Options = { readonly [K in OptionName]?: ShapeValue<(typeof OPTIONS)[K]['shape']> };

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** Reads what the table knows. An option of the wrong shape is left out and named among the flaws: the rest still serves. */
export function decodeOptions(raw: RawOptions): { options: Options; flaws: string[] } {
  const options: Record<string, unknown> = {};
  const flaws: string[] = [];
  for (const name of NAMES) {
    const value = raw.get(OPTIONS[name].code);
    if (value === undefined) continue;
    try {
      options[name] = OPTIONS[name].shape.decode(value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      flaws.push(`option ${OPTIONS[name].code}: ${error.message}`);
    }
  }
  return { options, flaws };
}

/**
 * The options that are set, in the order in which they are written. `terminated`: texts end with a NUL. `extra` stands in
 * place of what has the same code, and behind the rest; only what a relay put in comes later (RFC 3046 2.2).
 */
export function encodeOptions(options: Options, terminated = false, extra: RawOptions = NONE): EncodedOption[] {
  const encoded: EncodedOption[] = [];
  for (const name of NAMES) {
    const value = options[name];
    if (value === undefined) continue;
    const { code, shape } = OPTIONS[name];
    if (name === 'relayAgent') for (const [more, bytes] of extra) encoded.push({ code: more, value: bytes });
    if (extra.has(code)) continue;
    const written = terminated && ENDED.has(name) ? terminatedText : shape;
    // The table guarantees that the value under a name is the one its shape takes; the type of a union cannot say so.
    encoded.push({ code, value: (written as Shape<unknown>).encode(value) });
  }
  if (options.relayAgent === undefined) for (const [code, value] of extra) encoded.push({ code, value });
  return encoded;
}

export interface EncodedOption {
  readonly code: number;
  readonly value: Uint8Array;
}

const NONE: RawOptions = new Map();
/** Texts that are meant for people and programs; the vendor class is compared byte for byte. */
const ENDED: ReadonlySet<OptionName> = new Set<OptionName>(['hostName', 'domainName', 'bootServer', 'message']);
