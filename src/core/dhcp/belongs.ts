import { ANY_IPV4, inSubnet, type Ipv4, type Subnet } from '../net/ipv4.ts';
import type { DhcpPacket } from './packet.ts';
import { relayInfo } from './relayInfo.ts';

/** A network as far as it matters for which packets belong to it. */
export interface Reachable {
  readonly name: string;
  readonly subnet: Subnet;
  /** Whether it is the one on the interface that the packet came in by. */
  readonly here: boolean;
  /** The relay agents by which its machines may come: any, these, or none. */
  readonly relays: boolean | readonly Ipv4[];
}

export type Belonging<N> = { readonly network: N } | { readonly why: string };

/**
 * The network that the sender of a packet is in (RFC 2131 4.3.1): what the relay agent says, else the interface it came in
 * by. A machine behind a relay renews its lease past it; then its own address tells.
 */
export function belongsTo<N extends Reachable>(packet: DhcpPacket, networks: readonly N[]): Belonging<N> {
  const { giaddr, ciaddr, options } = packet;
  const here = networks.find((network) => network.here);
  if (giaddr !== ANY_IPV4) return relayed(giaddr, relayInfo(options.relayAgent).linkSelection ?? giaddr, networks);
  const far = ciaddr === ANY_IPV4 ? undefined : networks.find((network) => isFarHome(network, ciaddr));
  const network = far ?? here;
  return network === undefined ? { why: 'no network is served on this interface' } : { network };
}

const isFarHome = (network: Reachable, ciaddr: Ipv4): boolean =>
  !network.here && network.relays !== false && inSubnet(network.subnet, ciaddr);

function relayed<N extends Reachable>(giaddr: Ipv4, link: Ipv4, networks: readonly N[]): Belonging<N> {
  const network = networks.find(({ subnet }) => inSubnet(subnet, link));
  if (network === undefined) return { why: `no network of cluster.yaml has ${link}, where its relay agent says it is` };
  const { relays, name } = network;
  const isHeard = typeof relays === 'boolean' ? relays || network.here : relays.includes(giaddr);
  return isHeard ? { network } : { why: `the network \`${name}\` takes nothing from the relay agent ${giaddr}` };
}
