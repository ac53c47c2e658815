/** A Debian package that a verb needs, and what for, for the person who is asked. */
export interface Need {
  readonly package: string;
  readonly why: string;
}

const need = (name: string, why: string): Need => ({ package: name, why });

const LAB = [
  need('qemu-system-x86', 'the virtual machines of the rack'),
  need('qemu-utils', 'their disks'),
  need('ovmf', 'their UEFI firmware'),
  need('seabios', 'their BIOS'),
  need('ipxe-qemu', 'the boot ROMs of their network cards'),
];

const IMAGE = [
  need('mmdebstrap', 'unpacks Debian packages into a root'),
  need('debian-archive-keyring', 'verifies Debian packages'),
  need('uidmap', 'lets an ordinary user unpack them: a range of user ids of his own'),
];

const INTEROP = [
  need('iproute2', 'network namespaces'),
  need('nftables', 'loses datagrams on purpose'),
  need('ethtool', 'lets a virtual cable carry what a real one would'),
  need('udhcpc', "other people's DHCP client"),
  need('isc-dhcp-client', 'another one, which releases what it holds'),
  need('isc-dhcp-relay', "other people's DHCP relay agent"),
  need('dnsmasq-base', "other people's DHCP server, to stand beside"),
  need('systemd', 'systemd-networkd, one more'),
  need('kea-admin', 'perfdhcp, a thousand DHCP clients'),
  need('tftp-hpa', "other people's TFTP client"),
  need('atftp', 'another one, which knows windowsize'),
  need('curl', "other people's HTTP client"),
  need('bind9-dnsutils', "other people's DNS client"),
  need('busybox', 'another one, and what asks by ARP'),
];

const FIRMWARE = [
  need('iproute2', 'network namespaces, from which a boot server serves the virtual rack'),
  need('ovmf-ia32', '32-bit UEFI firmware'),
];

/** The peers themselves are unpacked by the bench, not installed: their packages would begin to serve on this machine. */
const BENCH = [
  need('iproute2', 'network namespaces'),
  need('nftables', 'loses datagrams on purpose'),
  need('ethtool', 'has them cut up before they are counted'),
  need('atftp', 'a TFTP client, which knows windowsize'),
  need('curl', 'an HTTP client'),
];

/** What is needed, by what wants it. Verbs and rings of tests name their lists; pxen installs what is missing. */
export const NEEDS = {
  lab: LAB,
  image: IMAGE,
  interop: INTEROP,
  firmware: FIRMWARE,
  bench: BENCH,
} as const satisfies Readonly<Record<string, readonly Need[]>>;

export type Purpose = keyof typeof NEEDS;
