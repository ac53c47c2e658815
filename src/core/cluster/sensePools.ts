import { inSubnet, ipv4Number, rangeText, subnetText, type AddressRange } from '../net/ipv4.ts';
import type { Finding } from './finding.ts';
import type { NetworkEntry } from './schemaNetwork.ts';
import { at, clash, repeated, type Placed } from './sense.ts';

type Network = Placed<NetworkEntry>;

/** Seconds. Machines that renew every minute are a load, and a server's restart would lose them. */
const SHORTEST_LEASE = 120;

/** What is wrong with how addresses are given in each network, and who hears whom. */
export function poolFindings(networks: readonly Network[]): Finding[] {
  return [
    ...networks.flatMap((network) => [
      ...needsSubnet(network),
      ...outsideFindings(network),
      ...overlapFindings(network),
      ...leaseFindings(network),
    ]),
    ...repeated(
      networks,
      (network) => network.interface,
      (network, name, other) =>
        clash(network, other, 'interface', `two networks are on the interface ${name}`, 'Give each one of its own.'),
    ),
  ];
}

/** Pools and relays say something about a subnet, which must then be known. */
function needsSubnet(network: Network): Finding[] {
  const { subnet, pools, relays } = network.value;
  if (subnet !== undefined) return [];
  const key = pools.length > 0 ? 'pools' : relays !== undefined && relays !== false ? 'relays' : undefined;
  return key === undefined
    ? []
    : [at(network, key, `\`${key}\` needs the subnet of the network`, 'Add `subnet:`, such as 10.1.2.0/24.')];
}

function outsideFindings(network: Network): Finding[] {
  const { subnet, pools } = network.value;
  if (subnet === undefined) return [];
  return pools.flatMap((pool, index) => {
    if (inSubnet(subnet, pool.from) && inSubnet(subnet, pool.to)) return [];
    const what = `the pool ${rangeText(pool)} is outside the network's subnet ${subnetText(subnet)}`;
    return [poolFinding(network, index, what, 'Give addresses inside the subnet, or correct the subnet.')];
  });
}

function overlapFindings(network: Network): Finding[] {
  const { pools } = network.value;
  return pools.flatMap((pool, index) => {
    const other = pools.slice(0, index).findIndex((before) => overlap(before, pool));
    const before = pools[other];
    if (before === undefined) return [];
    const what = `the pool ${rangeText(pool)} overlaps the pool ${rangeText(before)}`;
    const remedy = 'Join them, or correct one of them. The other stands on line {line}.';
    return [{ ...poolFinding(network, index, what, remedy), also: [...network.path, 'pools', other] }];
  });
}

const poolFinding = (network: Network, index: number, what: string, remedy: string): Finding => ({
  path: [...network.path, 'pools', index],
  part: 'value',
  what,
  remedy,
});

const overlap = (a: AddressRange, b: AddressRange): boolean =>
  ipv4Number(a.from) <= ipv4Number(b.to) && ipv4Number(b.from) <= ipv4Number(a.to);

function leaseFindings(network: Network): Finding[] {
  const { leaseTime } = network.value;
  if (leaseTime === undefined || leaseTime >= SHORTEST_LEASE) return [];
  return [at(network, 'leaseTime', `a lease of ${leaseTime} s is too short`, 'Give at least 2m.')];
}
