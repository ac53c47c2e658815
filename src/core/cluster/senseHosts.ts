import { inSubnet, subnetText, type Ipv4 } from '../net/ipv4.ts';
import { isGroupMac } from '../net/mac.ts';
import type { Finding } from './finding.ts';
import type { HostEntry } from './schema.ts';
import { at, clash, repeated, type Placed, type Readable } from './sense.ts';
import { isSpecial, reservedRole } from './senseNetworks.ts';

type Host = Placed<HostEntry>;

/** What may stand only once among hosts, and what to call it. */
const UNIQUE: readonly (readonly [key: 'mac' | 'uuid' | 'serial' | 'name' | 'address', noun: string])[] = [
  ['mac', 'MAC address'],
  ['uuid', 'UUID'],
  ['serial', 'serial number'],
  ['name', 'name'],
  ['address', 'address'],
];

/** What is wrong with hosts: each by itself, among each other, and with the networks. */
export function hostFindings({ hosts, networks }: Readable): Finding[] {
  const subnets = networks.map((network) => network.value.subnet);
  return [
    ...hosts.flatMap((host) => identityFindings(host)),
    ...UNIQUE.flatMap(([key, noun]) => repeated(hosts, (host) => host[key], twice(key, noun))),
    ...repeated(disksOf(hosts), (serial) => serial, twiceDisk),
    ...hosts.flatMap((host) => addressFindings(host, subnets, networks)),
  ];
}

function twice(key: string, noun: string) {
  return (host: Host, value: string, other: Host): Finding =>
    clash(host, other, key, `two hosts have the ${noun} ${value}`, 'Correct one of them.');
}

function identityFindings(host: Host): Finding[] {
  const { mac, uuid } = host.value;
  if (mac !== undefined && isGroupMac(mac)) {
    return [at(host, 'mac', `${mac} is a group address, which no card has`, 'Write the address of the card itself.')];
  }
  if (mac === '00:00:00:00:00:00') {
    return [at(host, 'mac', `${mac} is no card's address`, 'Write the address that the boot screen shows.')];
  }
  if (uuid !== undefined && /^[0-]+$|^[f-]+$/.test(uuid)) {
    return [at(host, 'uuid', `${uuid} is what firmware says that knows no UUID`, 'Use `mac:` for this machine.')];
  }
  return [];
}

function disksOf(hosts: readonly Host[]): Placed<string>[] {
  return hosts.flatMap((host) =>
    host.value.disks.map((disk, index) => ({ path: [...host.path, 'disks', index], value: disk.serial })),
  );
}

function twiceDisk(disk: Placed<string>, serial: string, other: Placed<string>): Finding {
  return clash(disk, other, 'serial', `the disk ${serial} stands twice`, 'Remove it from the machine it is not in.');
}

type Subnets = readonly (NonNullable<Readable['networks'][number]['value']['subnet']> | undefined)[];

/** An address must lie in a subnet; where some network's subnet is not said, it may lie in that one. */
function addressFindings(host: Host, subnets: Subnets, networks: Readable['networks']): Finding[] {
  const { address } = host.value;
  if (address === undefined) return [];
  const what = addressFault(address, subnets, networks);
  return what === undefined
    ? []
    : [at(host, 'address', what, 'Give the host another address, or correct the network.')];
}

function addressFault(address: Ipv4, subnets: Subnets, networks: Readable['networks']): string | undefined {
  if (isSpecial(address)) return `${address} is no address of a machine`;
  const gateway = networks.find((network) => network.value.gateway === address);
  if (gateway !== undefined) return `${address} is the gateway of the network \`${String(gateway.path.at(-1))}\``;
  const own = subnets.find((subnet) => subnet !== undefined && inSubnet(subnet, address));
  if (own !== undefined) {
    const role = reservedRole(own, address);
    return role === undefined ? undefined : `${address} is ${role}`;
  }
  if (subnets.length === 0 || subnets.includes(undefined)) return undefined;
  return `${address} is in no network's subnet (${subnets.flatMap((subnet) => (subnet ? [subnetText(subnet)] : [])).join(', ')})`;
}
