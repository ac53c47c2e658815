import { inSubnet, ipv4Number, subnetBroadcast, subnetText, type Ipv4, type Subnet } from '../net/ipv4.ts';
import type { Finding } from './finding.ts';
import type { NetworkEntry } from './schemaNetwork.ts';
import { at, clash, type Placed } from './sense.ts';

type Network = Placed<NetworkEntry>;

export const networkName = (network: Network): string => String(network.path.at(-1));

/** What is wrong between networks, and between a network and its own subnet. */
export function networkFindings(networks: readonly Network[]): Finding[] {
  return [...networks.flatMap((network) => ownFindings(network)), ...overlapFindings(networks)];
}

function ownFindings(network: Network): Finding[] {
  const { subnet, gateway } = network.value;
  if (subnet === undefined) return [];
  const fault = subnetFault(subnet);
  if (fault !== undefined) return [at(network, 'subnet', ...fault)];
  if (gateway === undefined) return [];
  if (!inSubnet(subnet, gateway)) {
    const what = `the gateway ${gateway} is outside the network's subnet ${subnetText(subnet)}`;
    return [at(network, 'gateway', what, 'Give a gateway inside the subnet, or correct the subnet.')];
  }
  const role = reservedRole(subnet, gateway);
  return role === undefined
    ? []
    : [at(network, 'gateway', `the gateway ${gateway} is ${role}`, 'Give another address.')];
}

/** 127/8 and 224/3 name no machine of a network (RFC 6890); smaller than /30 leaves no two hosts. */
function subnetFault(subnet: Subnet): readonly [what: string, remedy: string] | undefined {
  const text = subnetText(subnet);
  if (subnet.prefix > 30) return [`the subnet ${text} has no room for two machines`, 'Give a prefix of at most 30.'];
  if (subnet.prefix < 8) return [`the subnet ${text} is larger than any network`, 'Give a prefix of at least 8.'];
  return isSpecial(subnet.network)
    ? [`the subnet ${text} is set aside by the Internet's rules`, 'Use private addresses, such as 10.1.2.0/24.']
    : undefined;
}

/** Whether no machine of a network can have this address. */
export function isSpecial(address: Ipv4): boolean {
  const first = Math.floor(ipv4Number(address) / 2 ** 24);
  return first === 0 || first === 127 || first >= 224;
}

/** Why a machine cannot have this address of its subnet; undefined where it can. */
export function reservedRole(subnet: Subnet, address: Ipv4): string | undefined {
  if (address === subnet.network) return `the address of the subnet ${subnetText(subnet)} itself`;
  return address === subnetBroadcast(subnet) ? `the broadcast address of ${subnetText(subnet)}` : undefined;
}

function overlapFindings(networks: readonly Network[]): Finding[] {
  return networks.flatMap((network, index) => {
    const { subnet } = network.value;
    if (subnet === undefined) return [];
    const other = networks
      .slice(0, index)
      .find((before) => before.value.subnet && overlap(before.value.subnet, subnet));
    if (other?.value.subnet === undefined) return [];
    const what = `the subnet ${subnetText(subnet)} overlaps ${subnetText(other.value.subnet)} of the network \`${networkName(other)}\``;
    return [clash(network, other, 'subnet', what, 'Every network needs addresses of its own.')];
  });
}

const overlap = (a: Subnet, b: Subnet): boolean => inSubnet(a, b.network) || inSubnet(b, a.network);
