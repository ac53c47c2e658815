import type { Catalogue } from './catalogue.ts';

/** Messages of the DHCP service. */
export const DHCP_MESSAGES = {
  DHCP_ANSWERED: {
    level: 'info',
    text: '{mac} ({stage}) {type} {address} {boot}',
    meaning: 'A DHCP request was answered: with this address, and with this file or script to boot, or why with none.',
    action: 'none',
  },
  DHCP_SILENT: {
    level: 'debug',
    text: '{mac} is not answered: {why}',
    meaning: 'A DHCP message was read and deliberately not answered.',
    action: 'None, unless this machine should have been answered; then the reason says what stands against it.',
  },
  DHCP_UNREADABLE: {
    level: 'debug',
    text: 'no DHCP message from {from}: {why}',
    meaning: 'Something else than a DHCP message came to the DHCP port, or one that is damaged.',
    action: 'none',
  },
  DHCP_FLAWED: {
    level: 'debug',
    text: '{mac} sent options that cannot be read: {flaws}',
    meaning: 'A client breaks the form of these options. They were left out, and the rest was answered.',
    action: 'None; if the machine does not boot, report the message with a capture.',
  },
  DHCP_ADDRESS_BAD: {
    level: 'warning',
    text: '{mac} found its address in use by somebody else: {why}',
    meaning: 'A machine that pxen does not know of uses an address of the pool. The address rests for ten minutes.',
    action: 'Find the machine with that fixed address and change it, or keep pxen away from it with another subnet.',
  },
  DHCP_POOL_FULL: {
    level: 'warning',
    text: '{mac} gets no address: {why}',
    meaning: 'Every address of the subnet is leased.',
    action: 'Give the network a larger subnet in cluster.yaml.',
  },
  DHCP_JOURNAL_FAILED: {
    level: 'warning',
    text: 'leases cannot be written to {path}: {why}',
    meaning: 'Addresses given from now on are forgotten when the server restarts.',
    action: 'See the reason: a full or missing file system is the usual one.',
  },
} as const satisfies Catalogue;
