import type { Cluster } from '../cluster/schema.ts';
import type { NetworkEntry } from '../cluster/schemaNetwork.ts';
import type { Link } from '../discover/ip.ts';
import { inSubnet, subnetText, type Ipv4, type Subnet } from '../net/ipv4.ts';
import { parseServiceAddress, subnetOf } from './serviceAddress.ts';

/** What a call names in place of what cluster.yaml says. */
export interface LinkWishes {
  /** Serve these interfaces and no others. */
  readonly interfaces: readonly string[];
  /** Of an interface with several addresses, serve from this one; without `interfaces`, only where these are. */
  readonly addresses: readonly Ipv4[];
}

/** A network of cluster.yaml, the interface of this machine where it is, and the address to serve it from. */
export interface ChosenLink {
  /** As in cluster.yaml; the interface's name where the file says nothing of it. */
  readonly network: string;
  readonly entry: NetworkEntry | undefined;
  readonly interface: string;
  readonly address: Ipv4;
  readonly subnet: Subnet;
}

/** Why a network has no place here. */
export interface NoLink {
  readonly what: string;
  readonly remedy: string;
}

export interface Chosen {
  readonly links: readonly ChosenLink[];
  /** What stops the server: a network that was named cannot be served. */
  readonly problems: readonly NoLink[];
  /** Networks of cluster.yaml that are not at this machine, which may be meant so. */
  readonly elsewhere: readonly string[];
}

/** An address of an interface, with its own subnet. */
interface Place {
  readonly link: Link;
  readonly address: Ipv4;
  readonly subnet: Subnet;
}

type Named = readonly [name: string, entry: NetworkEntry | undefined];

/**
 * Which interface of this machine each network is served on: the one that is named, else the one with an address in the
 * subnet, else the only Ethernet interface with an address. A network that only relay agents reach needs none.
 */
export function chooseLinks(cluster: Pick<Cluster, 'networks'>, here: readonly Link[], wishes: LinkWishes): Chosen {
  const missing = missingWishes(here, wishes);
  if (missing.length > 0) return { links: [], problems: missing, elsewhere: [] };
  const places = placesOf(here, wishes);
  const isNarrowed = wishes.interfaces.length + wishes.addresses.length > 0;
  const found = isNarrowed ? byPlaces(cluster, places) : byNetworks(cluster, here, places);
  const links = found.flatMap((one) => ('address' in one ? one : []));
  return {
    links,
    problems: [...found.flatMap((one) => ('remedy' in one ? one : [])), ...doubled(links)],
    elsewhere: found.flatMap((one) => ('elsewhere' in one ? one.elsewhere : [])),
  };
}

type Found = ChosenLink | NoLink | { readonly elsewhere: string };

/** Ethernet, and not a port of a bridge: that one speaks for it. */
const isServable = ({ type, master }: Link): boolean => type === 'ether' && master === '';

function placesOf(here: readonly Link[], { interfaces, addresses }: LinkWishes): readonly Place[] {
  const wanted = here.filter((link) => (interfaces.length === 0 ? isServable(link) : interfaces.includes(link.name)));
  return wanted
    .flatMap((link) => addressesOf(link))
    .filter(({ address }) => addresses.length === 0 || addresses.includes(address));
}

const addressesOf = (link: Link): Place[] =>
  link.addresses.flatMap((text) => {
    const own = parseServiceAddress(text);
    return own === undefined ? [] : { link, address: own.address, subnet: subnetOf(own) };
  });

function missingWishes(here: readonly Link[], { interfaces, addresses }: LinkWishes): NoLink[] {
  const named = interfaces.flatMap((name) => interfaceFault(`the interface ${name}`, name, here) ?? []);
  const all = here.flatMap((link) => addressesOf(link));
  const strange = addresses.filter((address) => !all.some((place) => place.address === address));
  return [
    ...named,
    ...strange.map((address) => ({
      what: `no interface of this machine has the address ${address}`,
      remedy: `Give it to one (\`ip address add\`), or name another: ${listText(here)}.`,
    })),
  ];
}

/** Why nothing can be served on an interface that was named. */
function interfaceFault(who: string, name: string, here: readonly Link[]): NoLink | undefined {
  const link = here.find((one) => one.name === name);
  if (link === undefined)
    return { what: `${who} is not on this machine`, remedy: `Name one that is: ${listText(here)}.` };
  if (link.type !== 'ether') return { what: `${who} is no Ethernet`, remedy: `Name one that is: ${listText(here)}.` };
  if (link.master !== '')
    return { what: `${who} is a port of the bridge ${link.master}`, remedy: `Name the bridge: ${link.master}.` };
  if (link.addresses.length > 0) return undefined;
  const remedy = `Give it one, such as \`ip address add 10.20.30.1/24 dev ${name}\` (\`ip link set ${name} up\` where it is down).`;
  return { what: `${who} has no IPv4 address`, remedy };
}

/** Interfaces were named: each is served as what cluster.yaml says of it. */
function byPlaces({ networks }: Pick<Cluster, 'networks'>, places: readonly Place[]): Found[] {
  const names = [...new Set(places.map(({ link }) => link.name))];
  return names.flatMap((name) => {
    const mine = places.filter(({ link }) => link.name === name);
    const known = Object.entries(networks);
    const at = (of: Named, place: Place | undefined): ChosenLink[] => (place === undefined ? [] : [linkOf(of, place)]);
    const byName = known.find(([, entry]) => entry.interface === name);
    if (byName !== undefined) return at(byName, placeIn(byName[1], mine) ?? mine[0]);
    for (const of of known) {
      const place = of[1].subnet === undefined ? undefined : placeIn(of[1], mine);
      if (place !== undefined) return at(of, place);
    }
    const main = known.find(([title, { subnet, interface: at0 }]) => title === 'main' && !subnet && at0 === undefined);
    return at(main ?? [name, undefined], mine[0]);
  });
}

const placeIn = (entry: NetworkEntry | undefined, places: readonly Place[]): Place | undefined =>
  places.find(({ address }) => entry?.subnet === undefined || inSubnet(entry.subnet, address));

/** Networks are looked for: each on the interface that is its. */
function byNetworks({ networks }: Pick<Cluster, 'networks'>, here: readonly Link[], places: readonly Place[]): Found[] {
  const named: readonly Named[] = Object.entries(networks);
  const taken = new Set<string>();
  const clear: readonly Named[] = named.filter(([, entry]) => entry?.interface ?? entry?.subnet);
  const found = clear.map((of) => {
    const one = of[1]?.interface === undefined ? bySubnet(of, places) : byInterface(of, of[1].interface, here, places);
    if ('address' in one) taken.add(one.interface);
    return one;
  });
  const vague = named.length === 0 ? [['', undefined] as const] : named.filter((of) => !clear.includes(of));
  const rest = (): readonly Place[] => places.filter(({ link }) => !taken.has(link.name));
  for (const of of vague) {
    const one = onlyOne(of, rest(), here);
    if ('address' in one) taken.add(one.interface);
    found.push(one);
  }
  return found;
}

function byInterface(of: Named, name: string, here: readonly Link[], places: readonly Place[]): Found {
  const fault = interfaceFault(`the interface ${name} of the network ${of[0]}`, name, here);
  if (fault !== undefined) return fault;
  const mine = places.filter(({ link }) => link.name === name);
  const place = placeIn(of[1], mine);
  if (place !== undefined) return linkOf(of, place);
  const subnet = of[1]?.subnet === undefined ? '' : ` in ${subnetText(of[1].subnet)}`;
  return {
    what: `the interface ${name} of the network ${of[0]} has no address${subnet}`,
    remedy: `Give it one, or correct networks.${of[0]} in cluster.yaml: it has ${mine.map(({ address }) => address).join(', ')}.`,
  };
}

function bySubnet(of: Named, places: readonly Place[]): Found {
  const place = placeIn(of[1], places);
  return place === undefined ? { elsewhere: of[0] } : linkOf(of, place);
}

function onlyOne(of: Named, places: readonly Place[], here: readonly Link[]): Found {
  const [first] = places;
  const names = [...new Set(places.map(({ link }) => link.name))];
  if (first !== undefined && names.length === 1) return linkOf([of[0] || first.link.name, of[1]], first);
  const remedy = `Name one with --interface, or as networks.${of[0] || 'main'}.interface in cluster.yaml: ${listText(here)}.`;
  if (names.length > 1) return { what: `several interfaces could be served: ${names.join(', ')}`, remedy };
  return {
    what: 'no Ethernet interface of this machine has an IPv4 address that could be served from',
    remedy: `Give one an address, such as \`ip address add 10.20.30.1/24 dev NAME\`: ${listText(here)}.`,
  };
}

const linkOf = ([network, entry]: Named, { link, address, subnet }: Place): ChosenLink => ({
  network,
  entry,
  interface: link.name,
  address,
  subnet: entry?.subnet !== undefined && inSubnet(entry.subnet, address) ? entry.subnet : subnet,
});

function doubled(links: readonly ChosenLink[]): NoLink[] {
  return links.flatMap((link, index) => {
    const other = links.slice(0, index).find((before) => before.interface === link.interface);
    if (other === undefined) return [];
    const what = `the networks ${other.network} and ${link.network} are both at the interface ${link.interface}`;
    return { what, remedy: 'One interface serves one network: put the other on a VLAN or an interface of its own.' };
  });
}

/** The interfaces of this machine, for a person to choose from. */
function listText(here: readonly Link[]): string {
  const fine = here.filter((link) => isServable(link));
  if (fine.length === 0) return 'this machine has no Ethernet interface';
  return fine.map(({ name, addresses }) => `${name} (${addresses.join(', ') || 'no address'})`).join(', ');
}
