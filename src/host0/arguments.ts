import { parseArgs } from 'node:util';
import type { Role } from '../core/boot/answer.ts';
import { inSubnet, parseIpv4, parseSubnet, type Ipv4, type Subnet } from '../core/net/ipv4.ts';
import { Failure } from '../shell/fail.ts';

/** What `pxen host0` was called with. */
export interface Host0Arguments {
  /** A folder laid out like a drive. */
  readonly dir: string;
  readonly interface: string;
  readonly address: Ipv4;
  readonly subnet: Subnet;
  readonly gateway: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly release: string | undefined;
  readonly journal: string;
  /** The drive's device; `drive: pulled` is reported once it is gone. */
  readonly device: string | undefined;
  readonly role: Role;
  readonly httpPort: number;
  readonly slowness: number;
}

const OPTIONS = {
  dir: { type: 'string' },
  interface: { type: 'string' },
  address: { type: 'string' },
  gateway: { type: 'string' },
  dns: { type: 'string' },
  domain: { type: 'string' },
  release: { type: 'string' },
  journal: { type: 'string', default: '/run/pxen/leases' },
  device: { type: 'string' },
  role: { type: 'string', default: 'full' },
  'http-port': { type: 'string', default: '80' },
  slowness: { type: 'string', default: '1' },
} as const;

export const USAGE =
  'pxen host0 --dir DIR --interface NAME --address A.B.C.D/N [--gateway A] [--dns A,A] [--domain NAME] [--release ID] ' +
  '[--journal FILE] [--device DEVICE] [--role full|silent] [--http-port N] [--slowness N]';

const wrong = (sentence: string): Failure => new Failure(sentence, `Usage: ${USAGE}`, 2);

/** Reads the flags of `pxen host0`; throws Failure naming the one that is wrong. */
export function readArguments(words: readonly string[]): Host0Arguments {
  const { values } = parsed(words);
  const [address, subnet] = addressOf(values.address ?? '');
  const gateway =
    values.gateway === undefined || values.gateway === '' ? undefined : addressIn(values.gateway, '--gateway');
  if (gateway !== undefined && !inSubnet(subnet, gateway)) throw wrong(`the gateway ${gateway} is not in the subnet`);
  return {
    dir: needed(values.dir, '--dir'),
    interface: needed(values.interface, '--interface'),
    address,
    subnet,
    gateway,
    dnsServers: (values.dns ?? '')
      .split(',')
      .filter(Boolean)
      .map((text) => addressIn(text, '--dns')),
    domain: values.domain,
    release: values.release,
    journal: values.journal,
    device: values.device,
    role: roleOf(values.role),
    httpPort: numberIn(values['http-port'], '--http-port', 65535),
    slowness: numberIn(values.slowness, '--slowness', 1000),
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function needed(value: string | undefined, flag: string): string {
  if (value === undefined || value === '') throw wrong(`${flag} is missing`);
  return value;
}

function addressOf(text: string): [Ipv4, Subnet] {
  const [address, subnet] = [parseIpv4(text.split('/')[0] ?? ''), parseSubnet(text)];
  if (address === undefined || subnet === undefined)
    throw wrong(`--address ${JSON.stringify(text)} is not like 10.1.2.1/24`);
  return [address, subnet];
}

function addressIn(text: string, flag: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw wrong(`${flag} ${JSON.stringify(text)} is no IPv4 address`);
  return address;
}

function roleOf(text: string): Role {
  if (text !== 'full' && text !== 'silent') throw wrong(`--role ${text} is none of full, silent`);
  return text;
}

function numberIn(text: string, flag: string, most: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw wrong(`${flag} ${text} is no number from 1 to ${most}`);
  return value;
}
