/** How the value of an option is written in cluster.yaml, and what stands on the wire. */
export type OptionKind =
  'address' | 'addresses' | 'text' | 'u8' | 'u16' | 'u32' | 'i32' | 'boolean' | 'domains' | 'routes' | 'bytes';

export interface NamedOption {
  readonly name: string;
  readonly code: number;
  readonly kind: OptionKind;
}

const rows = (kind: OptionKind, all: Readonly<Record<string, number>>): NamedOption[] =>
  Object.entries(all).map(([name, code]) => ({ name, code, kind }));

/** Options by the names of IANA's registry, as dhcp-options(5) spells them (RFC 2132 unless said otherwise). */
export const NAMED_OPTIONS: readonly NamedOption[] = [
  ...rows('addresses', {
    routers: 3,
    'time-servers': 4,
    'dns-servers': 6,
    'log-servers': 7,
    'lpr-servers': 9,
    'nis-servers': 41,
    'ntp-servers': 42,
    'netbios-name-servers': 44,
    'x-display-managers': 49,
    'smtp-servers': 69,
    'pop-servers': 70,
    // RFC 5859: what phones and PXE clients of some makers read instead of 66.
    'tftp-servers': 150,
  }),
  ...rows('address', { 'broadcast-address': 28 }),
  ...rows('text', {
    'host-name': 12,
    'domain-name': 15,
    'root-path': 17,
    'nis-domain': 40,
    // RFC 4833.
    'posix-timezone': 100,
    'tz-database-timezone': 101,
    // PXELINUX (RFC 5071).
    'pxelinux-config-file': 209,
    'pxelinux-path-prefix': 210,
    'captive-portal': 114,
    'web-proxy': 252,
  }),
  ...rows('i32', { 'time-offset': 2 }),
  ...rows('u16', { mtu: 26, 'boot-size': 13 }),
  ...rows('u8', { 'default-ttl': 23, 'netbios-node-type': 46 }),
  ...rows('u32', { 'arp-timeout': 35, 'pxelinux-reboot-time': 211, 'ipv6-only-preferred': 108 }),
  ...rows('boolean', { 'ip-forwarding': 19, 'all-subnets-local': 27, 'router-discovery': 31 }),
  ...rows('domains', { 'domain-search': 119 }),
  // RFC 3442. Windows before Vista reads the same value under 249.
  ...rows('routes', { 'static-routes': 121, 'ms-static-routes': 249 }),
  ...rows('bytes', { 'vendor-specific-default': 125 }),
];

/** Options that are part of the conversation itself: what says instead what is meant, where there is something. */
export const OWN_OPTIONS: ReadonlyMap<number, string> = new Map([
  [0, 'It only fills.'],
  [1, 'It follows from `subnet:` of the network.'],
  [43, 'pxen sets it for what boots.'],
  [50, 'Clients send it.'],
  [51, 'Write `leaseTime:` at the network.'],
  [52, 'pxen sets it where it is needed.'],
  [53, 'It says of what type a message is.'],
  [54, 'It names this server.'],
  [55, 'Clients send it.'],
  [56, 'It says why an address is refused.'],
  [57, 'Clients send it.'],
  [58, 'It follows from `leaseTime:` of the network.'],
  [59, 'It follows from `leaseTime:` of the network.'],
  [60, 'pxen sets it for what boots.'],
  [61, 'Clients send it.'],
  [66, 'pxen sets it for what boots.'],
  [67, 'pxen sets it for what boots.'],
  [77, 'Clients send it.'],
  [82, 'Relay agents send it.'],
  [93, 'Clients send it.'],
  [94, 'Clients send it.'],
  [97, 'Clients send it.'],
  [175, 'pxen sets it for iPXE.'],
  [255, 'It ends the options.'],
]);
