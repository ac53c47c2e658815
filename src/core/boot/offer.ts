import type { Options } from '../dhcp/options.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import { utf8 } from '../net/text.ts';
import type { Answer, Role } from './answer.ts';
import { RASPBERRY_PI } from './architecture.ts';
import type { Client } from './client.ts';
import { scriptUrl } from './script/url.ts';

/** Where boot files come from. */
export interface BootServer {
  readonly role: Role;
  readonly server: Ipv4;
  /** `http://10.1.2.1`, with the port where it is not 80. */
  readonly httpBase: string;
}

/** Sub-options of 43 (PXE 2.1, table 2-1), and the bit of the first that says: take the boot file, ask no further. */
const PXE = { control: 6, menu: 9, prompt: 10 } as const;
const USE_FILE = 1 << 3;

/**
 * Makes EDK2 boot at once, without a menu and without a question. No boot servers and no menu are ever named (8 and 9): some
 * firmware handles a menu of one item badly. The prompt of 0 seconds is for firmware that looks for one all the same.
 */
const PXE_DIRECT = new Map([
  [PXE.control, Uint8Array.of(USE_FILE)],
  [PXE.prompt, Uint8Array.of(0, ...utf8('PXE'))],
]);
/** What the ROM of a Raspberry Pi looks for before it takes an offer as meant for it: this very menu item and prompt. */
const PXE_PI = new Map([
  [PXE.menu, Uint8Array.of(0, 0, 17, ...utf8('Raspberry Pi Boot'))],
  [PXE.prompt, Uint8Array.of(0, ...utf8('PXE'))],
]);
/** 1: prefer this offer to a router's. */
const IPXE_PREFER = new Map([[1, Uint8Array.of(1)]]);
/** 176: do not wait 2 s for a proxy's offer (ipxe.org/cfg/175.176), since nobody else serves here. */
const IPXE_ALONE = new Map([...IPXE_PREFER, [176, Uint8Array.of(1)]]);

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
  if (bootFile === undefined) return withoutFile(client, given, facts);
  return {
    siaddr: facts.server,
    sname: facts.server,
    file: utf8(bootFile).length < 128 ? bootFile : '',
    bootFile,
    options: { bootServer: facts.server, ...classOptions(client, facts.role) },
  };
}

/** U-Boot fetches its pxelinux.cfg from `siaddr`, be there a boot file or none; it reads no name of a server. */
function withoutFile(client: Client, given: Answer, { server }: BootServer): BootFields {
  const isUBoot = client.stage === 'firmware' && client.bootClass === null;
  return isUBoot && given.kind === 'address' ? { ...NO_BOOT, siaddr: server } : NO_BOOT;
}

/** iPXE takes an offer for a proxy's by the class in it, and needs none in one that gives an address (iPXE, dhcp.c). */
function classOptions({ stage, bootClass, arch }: Client, role: Role): Options {
  if (stage === 'ipxe')
    return role === 'proxy' ? { vendorClass: 'PXEClient', ipxe: IPXE_PREFER } : { ipxe: IPXE_ALONE };
  if (bootClass === null) return {};
  if (bootClass === 'HTTPClient') return { vendorClass: bootClass };
  return { vendorClass: bootClass, pxe: arch === RASPBERRY_PI ? PXE_PI : PXE_DIRECT };
}

function bootFileOf(client: Client, given: Answer, facts: BootServer): string | undefined {
  if (given.kind === 'script') return scriptUrl(facts.httpBase, given.mac);
  if (given.kind !== 'loader') return undefined;
  if (given.by === 'http') return `${facts.httpBase}/boot/${given.file}`;
  // iPXE would resolve a bare name against wherever it came from itself.
  return client.stage === 'ipxe' ? `tftp://${facts.server}/${given.file}` : given.file;
}
