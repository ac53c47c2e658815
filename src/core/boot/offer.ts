import type { Options } from '../dhcp/options.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import { utf8 } from '../net/text.ts';
import type { Answer } from './answer.ts';
import type { Client } from './client.ts';

/** Where boot files come from. */
export interface BootServer {
  readonly server: Ipv4;
  /** `http://10.1.2.1`, with the port where it is not 80. */
  readonly httpBase: string;
}

/** PXE 2.1, table 2-1: 6 = 8 "take the boot file, ask no further", 10 = a prompt that waits 0 s. Makes EDK2 boot at once. */
const PXE_DIRECT = new Map([
  [6, Uint8Array.of(8)],
  [10, Uint8Array.of(0, ...utf8('PXE'))],
]);
/** 1: prefer this offer to a router's. 176: do not wait 2 s for a proxy's (ipxe.org/cfg/175.176). */
const IPXE_ALONE = new Map([
  [1, Uint8Array.of(1)],
  [176, Uint8Array.of(1)],
]);

/** What the reply to a client says of its boot. */
export interface BootFields {
  readonly siaddr: Ipv4;
  readonly sname: string;
  readonly file: string;
  readonly bootFile: string | undefined;
  readonly options: Options;
}

export const NO_BOOT: BootFields = { siaddr: ANY_IPV4, sname: '', file: '', bootFile: undefined, options: {} };

/**
 * The boot file stands in `file` and in option 67 alike: old ROMs read only the one, EDK2 prefers the other. `siaddr` and
 * `sname` are always set with it, since PXE takes an offer without them for half an answer.
 */
export function bootFields(client: Client, given: Answer, facts: BootServer): BootFields {
  const bootFile = bootFileOf(client, given, facts);
  if (bootFile === undefined) return NO_BOOT;
  const forIpxe = client.stage === 'ipxe';
  return {
    siaddr: facts.server,
    sname: facts.server,
    file: utf8(bootFile).length < 128 ? bootFile : '',
    bootFile,
    options: {
      bootServer: facts.server,
      ...(forIpxe || client.bootClass === null ? {} : { vendorClass: client.bootClass }),
      ...(!forIpxe && client.bootClass === 'PXEClient' ? { pxe: PXE_DIRECT } : {}),
      ...(forIpxe ? { ipxe: IPXE_ALONE } : {}),
    },
  };
}

function bootFileOf(client: Client, given: Answer, facts: BootServer): string | undefined {
  if (given.kind === 'script') return `${facts.httpBase}/ipxe/${given.mac.replaceAll(':', '-')}`;
  if (given.kind !== 'loader') return undefined;
  if (given.by === 'http') return `${facts.httpBase}/boot/${given.file}`;
  // iPXE would resolve a bare name against wherever it came from itself.
  return client.stage === 'ipxe' ? `tftp://${facts.server}/${given.file}` : given.file;
}
