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
  DHCP_ADDRESS_TAKEN: {
    level: 'warning',
    text: '{address} is in use by {by}, which has it from somebody else: another address is given',
    meaning:
      'Before an address is offered, everybody on the link is asked whether they have it. The address rests for ten minutes.',
    action: 'Find the machine with that MAC and change its address, or leave it out of `pools:` in cluster.yaml.',
  },
  DHCP_UNPROBED: {
    level: 'info',
    text: 'so many machines ask for addresses that these are offered without asking first who has them',
    meaning:
      'Nobody waits for the answers of others. Machines that find their address in use decline it by themselves.',
    action: 'none',
  },
  DHCP_POOL_FULL: {
    level: 'warning',
    text: '{mac} gets no address in the network {network}: {why}',
    meaning: 'Every address of the pool is leased. Said once a minute, however many machines ask.',
    action: 'Give the network larger `pools:`, or a larger subnet, in cluster.yaml.',
  },
  DHCP_FOREIGN: {
    level: 'warning',
    text: 'DHCP from {from} is not answered: {why}',
    meaning: 'The machine is in no network that pxen serves, or its relay agent is not let in. Said once a minute.',
    action:
      'Add the subnet under `networks:` in cluster.yaml with `relays: true`, or keep the relay agent from sending here.',
  },
  DHCP_FLOOD: {
    level: 'warning',
    text: '{mac} sends more than {most} DHCP messages a second; the rest is dropped',
    meaning: 'No boot needs as many. Other machines are served as usual. Said once a minute.',
    action: 'Look for a loop in the network, or for a machine gone mad.',
  },
  DHCP_LINES_LEFT_OUT: {
    level: 'info',
    text: '{count} more lines about DHCP were left out within a second',
    meaning: 'The log is kept from growing with every packet.',
    action: 'none',
  },
  DHCP_LATE: {
    level: 'warning',
    text: '{mac} was heard only after asking for {seconds} s: was its link blocked?',
    meaning: 'Switches that look for loops let nothing through for half a minute after a link comes up.',
    action: 'Set the port of this machine to "edge" or "portfast" in the switch.',
  },
  DHCP_LINK_FAILED: {
    level: 'warning',
    text: 'replies on {interface} are broadcast, and nobody is asked who has an address: {why}',
    meaning: 'Frames cannot be made by hand. Machines boot all the same.',
    action: 'Run as root, or give the program the capability CAP_NET_RAW.',
  },
  DHCP_JOURNAL_TORN: {
    level: 'warning',
    text: '{lost} lines of {path} cannot be read',
    meaning: 'Lines that were being written when power failed, or that the file system damaged. The rest is in force.',
    action: 'none',
  },
  DHCP_JOURNAL_FAILED: {
    level: 'warning',
    text: 'leases cannot be written to {path}: {why}',
    meaning: 'Addresses given from now on are forgotten when the server restarts. It is tried again every ten seconds.',
    action: 'See the reason: a full or missing file system is the usual one.',
  },
} as const satisfies Catalogue;
