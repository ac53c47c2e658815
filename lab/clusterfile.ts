import { stringify } from 'yaml';
import { subnetAddress, subnetText, parseSubnet, type Ipv4, type Subnet } from '../src/core/net/ipv4.ts';
import type { MachineSpec } from './machine/arguments.ts';

/** The rack's own network. It exists only on the lab's switch. */
export const SUBNET = parseSubnet('10.123.45.0/24') as Subnet;
/** host0's service address: the first of the subnet. */
export const SERVICE_ADDRESS: Ipv4 = subnetAddress(SUBNET, 1);
/** The operator's QEMU: its own address, its name server's, and where its DHCP would begin (the switch stops that). */
export const OPERATOR = {
  host: subnetAddress(SUBNET, 254),
  dns: subnetAddress(SUBNET, 253),
  dhcpStart: subnetAddress(SUBNET, 240),
} as const;

export const GUEST = 'hello';

/** The lab's cluster.yaml: every machine by address, every disk by serial number, and one guest. */
export function clusterFile(machines: readonly MachineSpec[]): string {
  return stringify({
    version: 1,
    cluster: { name: 'lab' },
    networks: { main: { dhcp: 'auto', subnet: subnetText(SUBNET), domain: 'lab.internal' } },
    hosts: machines.map(({ mac, name, disks }) => ({ mac, name, disks: disks.map(({ serial }) => ({ serial })) })),
    vms: [
      { name: GUEST, cpus: 1, memory: '256MiB', disk: { size: '1GiB', sr: 'auto' }, network: 'main', start: 'auto' },
    ],
  });
}
