import type { Role } from '../core/boot/answer.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { NetworkEntry } from '../core/cluster/schemaNetwork.ts';
import { parseDmi } from '../core/discover/dmi.ts';
import { factsText, parseFacts } from '../core/discover/proc.ts';
import { entryOf } from '../core/identity/hostEntry.ts';
import { hostnameOf, machineUuid } from '../core/identity/machine.ts';
import { inSubnet, type Ipv4, type Subnet } from '../core/net/ipv4.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import {
  parseServiceAddress,
  serviceAddresses,
  serviceAddressText,
  subnetOf,
  type ServiceAddress,
} from '../core/plan/serviceAddress.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { HostFiles } from '../shell/host-files.ts';
import type { Log } from '../shell/log.ts';
import type { Run } from '../shell/run.ts';
import type { Host0Arguments } from './arguments.ts';
import type { Self } from './ownFiles.ts';

/** The machine that serves, as far as its place on the network goes. */
export interface PlaceDeps {
  readonly run: Run;
  readonly files: HostFiles;
  readonly log: Log;
}

/** Where and as what this machine serves. */
export interface Place {
  readonly address: Ipv4;
  readonly subnet: Subnet;
  readonly gateway: Ipv4 | undefined;
  readonly domain: string | undefined;
  readonly role: Role;
  /** The cards of the machine. */
  readonly own: ReadonlySet<Mac>;
}

type Wishes = Pick<Host0Arguments, 'address' | 'gateway' | 'domain' | 'role' | 'facts' | 'interface' | 'dir'>;

/** Takes the address to serve from. What the call says goes before what cluster.yaml says. */
export async function takePlace(args: Wishes, cluster: Cluster, deps: PlaceDeps): Promise<Place> {
  const own = args.address ?? (await takeAddress(args, cluster, deps));
  const subnet = subnetOf(own);
  const main = cluster.networks['main'];
  const gateway = args.gateway ?? (main?.subnet && main.gateway);
  return {
    address: own.address,
    subnet,
    gateway: gateway !== undefined && inSubnet(subnet, gateway) ? gateway : undefined,
    domain: args.domain ?? main?.domain,
    role: args.role ?? roleOf(main),
    own: new Set(await cardsOf(deps)),
  };
}

/** `auto` is the full role until a server can listen for others first. */
const roleOf = (network: NetworkEntry | undefined): Role =>
  network?.dhcp === 'silent' || network?.dhcp === 'proxy' ? network.dhcp : 'full';

/** The address that this host has served from before, else the first one that nobody else on the network answers for. */
async function takeAddress(args: Wishes, cluster: Cluster, deps: PlaceDeps): Promise<ServiceAddress> {
  const before = parseServiceAddress((await factsOf(args, deps))[RECORD] ?? '');
  const taken = before ?? (await firstFree(args, cluster, deps));
  await deps.run(['ip', 'address', 'replace', serviceAddressText(taken), 'dev', args.interface]);
  return taken;
}

async function firstFree(args: Wishes, cluster: Cluster, deps: PlaceDeps): Promise<ServiceAddress> {
  for (const candidate of serviceAddresses(cluster)) {
    if (!(await isTaken(candidate, args.interface, deps))) return candidate;
  }
  throw new Failure(
    'all addresses that host0 could serve from are in use on this network',
    'Name a free subnet as networks.main.subnet in cluster.yaml.',
  );
}

/**
 * Duplicate address detection (RFC 5227): busybox's arping ends with 1 when somebody answers. Where it cannot ask, nobody
 * is known to answer.
 */
async function isTaken({ address }: ServiceAddress, card: string, { run, log }: PlaceDeps): Promise<boolean> {
  const probe = ['busybox', 'arping', '-D', '-q', '-c', '2', '-w', '2', '-I', card, address];
  try {
    return (await run(probe, { accept: [0, 1] })).code === 1;
  } catch (error) {
    log.say('BOOT_PROBE_FAILED', { address, reason: sentenceOf(error) });
    return false;
  }
}

/** A fact beside those of docs/boot.md: the service address with its prefix, for a boot server that begins anew. */
const RECORD = 'PXEN_HOST0_ADDRESS';

type Facts = Readonly<Record<string, string>>;

const factsOf = async ({ facts }: Wishes, { files }: PlaceDeps): Promise<Facts> =>
  facts === undefined ? {} : parseFacts((await files.read(facts)) ?? '');

/** Says in the facts of this host what it is called and that it serves; its agent waits for that. */
export async function recordPlace(args: Wishes, cluster: Cluster, place: Place, deps: PlaceDeps): Promise<void> {
  if (args.facts === undefined) return;
  const before = await factsOf(args, deps);
  const self = await selfOf(before, cluster, place, deps);
  const mine = {
    PXEN_SERVER: place.address,
    PXEN_NAME: self.name,
    PXEN_CLUSTER: cluster.cluster.name,
    [RECORD]: serviceAddressText({ address: place.address, prefix: place.subnet.prefix }),
  };
  await deps.files.write(args.facts, factsText({ ...before, ...mine }));
}

/** This host as cluster.yaml has it. */
export const ownEntry =
  (args: Wishes, place: Place, deps: PlaceDeps) =>
  async (cluster: Cluster): Promise<Self> =>
    selfOf(await factsOf(args, deps), cluster, place, deps);

/** This host as cluster.yaml has it. Its name is what that calls it, else the name that follows from its UUID; stage 1 could not know it. */
async function selfOf(facts: Facts, cluster: Cluster, { own }: Place, { files }: PlaceDeps): Promise<Self> {
  const read = (name: string) => files.read(`/sys/class/dmi/id/${name}`);
  const [uuid = '', serial = ''] = await Promise.all([read('product_uuid'), read('product_serial')]);
  const dmi = parseDmi({ product_uuid: uuid, product_serial: serial });
  const macs = [...own].sort();
  const mac = parseMac(facts['PXEN_MAC'] ?? '') ?? macs[0] ?? ('' as Mac);
  const marks = { uuid: machineUuid(dmi.uuid, mac), serial: dmi.serial, macs };
  const entry = entryOf(cluster, marks);
  return { name: entry?.name ?? hostnameOf(marks.uuid), entry };
}

async function cardsOf({ files }: PlaceDeps): Promise<readonly Mac[]> {
  const names = await files.list('/sys/class/net');
  const macs = await Promise.all(names.map((name) => files.read(`/sys/class/net/${name}/address`)));
  return macs.flatMap((text) => parseMac((text ?? '').trim()) ?? []);
}
