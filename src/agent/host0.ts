import type { Cluster } from '../core/cluster/schema.ts';
import { factsText, parseFacts } from '../core/discover/proc.ts';
import { BRIDGE } from '../core/discover/xlConfig.ts';
import { entryOf } from '../core/identity/hostEntry.ts';
import { serviceAddresses, type ServiceAddress } from '../core/plan/serviceAddress.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { copyDrive } from './drive.ts';
import type { Identity } from './identify.ts';
import { PATHS, type Machine } from './machine.ts';

/** Reads the text of cluster.yaml; fails with a sentence. Loaded only on the host that serves. */
export type ReadCluster = (text: string) => Promise<Cluster>;

/** The unit that runs the boot server and the cluster service; reads `PATHS.host0`. */
const UNIT = 'pxen-host0.service';

/** What cluster.yaml says of the host that was booted from the drive; stage 1 could not know it. */
export async function identifyHost0(machine: Machine, identity: Identity, cluster: Cluster): Promise<Identity> {
  const names = await machine.files.list('/sys/class/net');
  const macs = await Promise.all(names.map((name) => machine.files.read(`/sys/class/net/${name}/address`)));
  const marks = { uuid: identity.uuid, serial: identity.dmi.serial, macs: macs.map((mac) => (mac ?? '').trim()) };
  const name = entryOf(cluster, marks)?.name ?? identity.name;
  return { ...identity, name, cluster: cluster.cluster.name };
}

/** The wishes that stage 1 brought from the drive; an editor may have called the file `cluster.yaml.txt`. */
export async function readDriveCluster({ files }: Machine, read: ReadCluster): Promise<Cluster> {
  const file = `${PATHS.drive}/cluster.yaml`;
  if (!(await files.exists(file)) && (await files.exists(`${file}.txt`))) await files.copy(`${file}.txt`, file);
  const text = await files.read(file);
  if (text === undefined) throw new Failure('stage 1 left no cluster.yaml', 'See whether the drive has one.');
  return read(text);
}

/**
 * Makes this host serve: files into RAM, an address to serve from, the service. Gives the address. An agent that began
 * anew finds the facts of the service and changes nothing about it.
 */
export async function beginHost0(machine: Machine, identity: Identity, cluster: Cluster): Promise<string> {
  const { files, run } = machine;
  const before = await files.read(PATHS.host0);
  const facts = before === undefined ? await prepare(machine, identity, cluster) : parseFacts(before);
  await run(['systemctl', 'start', UNIT]);
  return (facts['PXEN_HOST0_ADDRESS'] ?? '').split('/')[0] ?? '';
}

type Facts = Readonly<Record<string, string>>;

async function prepare(machine: Machine, identity: Identity, cluster: Cluster): Promise<Facts> {
  const { files } = machine;
  const [, { address, prefix }] = await Promise.all([copyDrive(machine, identity), takeAddress(machine, cluster)]);
  const boot = parseFacts((await files.read(PATHS.facts)) ?? '');
  const mine = { PXEN_SERVER: address, PXEN_NAME: identity.name, PXEN_CLUSTER: identity.cluster };
  // So that whoever looks there on this host finds the server too, as on all others.
  await files.write(PATHS.facts, factsText({ ...boot, ...mine }));
  const facts = { PXEN_HOST0_ADDRESS: `${address}/${prefix}`, PXEN_HOST0_MORE: moreFlags(identity, cluster).join(' ') };
  await files.write(PATHS.host0, factsText(facts));
  return facts;
}

/** What `pxen host0` is told beside its folder, interface and address. None of it holds a space. */
function moreFlags({ release, volume }: Identity, { networks: { main } }: Cluster): string[] {
  const flag = (name: string, value: string | undefined): string[] => (value ? [`--${name}`, value] : []);
  return [
    ...flag('release', release),
    // udev's link, since a drive that is put back may come up under another name.
    ...flag('device', volume && `/dev/disk/by-uuid/${volume}`),
    ...flag('role', main?.dhcp === 'silent' ? 'silent' : 'full'),
    ...flag('gateway', main?.subnet && main.gateway),
    ...flag('domain', main?.domain),
  ];
}

/** Gives the bridge the first service address that nobody else on the network answers for. */
async function takeAddress(machine: Machine, cluster: Cluster): Promise<ServiceAddress> {
  for (const candidate of serviceAddresses(cluster)) {
    if (await isTaken(machine, candidate)) continue;
    await machine.run(['ip', 'address', 'replace', `${candidate.address}/${candidate.prefix}`, 'dev', BRIDGE]);
    return candidate;
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
async function isTaken({ run, log }: Machine, { address }: ServiceAddress): Promise<boolean> {
  const probe = ['busybox', 'arping', '-D', '-q', '-c', '2', '-w', '2', '-I', BRIDGE, address];
  try {
    return (await run(probe, { accept: [0, 1] })).code === 1;
  } catch (error) {
    log.say('AGENT_TOOL_FAILED', { what: `who has ${address}`, reason: sentenceOf(error) });
    return false;
  }
}
