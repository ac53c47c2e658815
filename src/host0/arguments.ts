import { parseArgs } from 'node:util';
import type { Role } from '../core/boot/answer.ts';
import { inSubnet, parseIpv4, type Ipv4 } from '../core/net/ipv4.ts';
import { parseServiceAddress, subnetOf, type ServiceAddress } from '../core/plan/serviceAddress.ts';
import { Failure } from '../shell/fail.ts';

/** What `pxen host0` was called with. */
export interface Host0Arguments {
  /** A folder laid out like a drive. */
  readonly dir: string;
  readonly interface: string;
  /** Where to serve; absent, the first free service address of the cluster is taken. */
  readonly address: ServiceAddress | undefined;
  readonly gateway: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly release: string | undefined;
  readonly journal: string;
  /** The facts of this host, where what it serves as is put down (docs/boot.md); absent on a machine that is no host. */
  readonly facts: string | undefined;
  /** The drive's device; `drive: pulled` is reported once it is gone. */
  readonly device: string | undefined;
  /** Absent, what cluster.yaml says. */
  readonly role: Role | undefined;
  readonly httpPort: number;
  readonly httpsPort: number;
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
  role: { type: 'string' },
  facts: { type: 'string' },
  'http-port': { type: 'string', default: '80' },
  'https-port': { type: 'string', default: '443' },
  slowness: { type: 'string', default: '1' },
} as const;

const USAGE =
  'pxen host0 --dir DIR --interface NAME [--address A.B.C.D/N] [--gateway A] [--dns A,A] [--domain NAME] [--release ID] ' +
  '[--journal FILE] [--facts FILE] [--device DEVICE] [--role full|proxy|silent] [--http-port N] [--https-port N] [--slowness N]';

const wrong = (sentence: string): Failure => new Failure(sentence, `Usage: ${USAGE}`, 2);

/** Reads the flags of `pxen host0`; throws Failure naming the one that is wrong. */
export function readArguments(words: readonly string[]): Host0Arguments {
  const { values } = parsed(words);
  const address = values.address === undefined ? undefined : addressOf(values.address);
  const gateway =
    values.gateway === undefined || values.gateway === '' ? undefined : addressIn(values.gateway, '--gateway');
  if (address !== undefined && gateway !== undefined && !inSubnet(subnetOf(address), gateway))
    throw wrong(`the gateway ${gateway} is not in the subnet`);
  return {
    dir: needed(values.dir, '--dir'),
    interface: needed(values.interface, '--interface'),
    address,
    gateway,
    dnsServers: (values.dns ?? '')
      .split(',')
      .filter(Boolean)
      .map((text) => addressIn(text, '--dns')),
    domain: values.domain,
    release: values.release,
    journal: values.journal,
    facts: values.facts,
    device: values.device,
    role: values.role === undefined ? undefined : roleOf(values.role),
    httpPort: numberIn(values['http-port'], '--http-port', 65535),
    httpsPort: numberIn(values['https-port'], '--https-port', 65535),
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

function addressOf(text: string): ServiceAddress {
  const address = parseServiceAddress(text);
  if (address === undefined) throw wrong(`--address ${JSON.stringify(text)} is not like 10.1.2.1/24`);
  return address;
}

function addressIn(text: string, flag: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw wrong(`${flag} ${JSON.stringify(text)} is no IPv4 address`);
  return address;
}

function roleOf(text: string): Role {
  if (text !== 'full' && text !== 'proxy' && text !== 'silent')
    throw wrong(`--role ${text} is none of full, proxy, silent`);
  return text;
}

function numberIn(text: string, flag: string, most: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw wrong(`${flag} ${text} is no number from 1 to ${most}`);
  return value;
}
