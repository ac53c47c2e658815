import type { Catalogue } from './catalogue.ts';

/** Messages of TFTP and boot HTTP. */
export const FILE_MESSAGES = {
  TFTP_SENT: {
    level: 'info',
    text: '{to} {path} {bytes} bytes by TFTP',
    meaning: 'A file was sent whole.',
    action: 'none',
  },
  TFTP_PROBED: {
    level: 'debug',
    text: '{to} asked for the size of {path}: {bytes} bytes',
    meaning: 'Firmware asks for the size, ends that transfer, and begins anew. That is no failure.',
    action: 'none',
  },
  TFTP_REFUSED: {
    level: 'debug',
    text: '{to} {path} refused: {why}',
    meaning: 'Firmware and loaders ask for many files that need not be there.',
    action: 'none',
  },
  TFTP_BROKE_OFF: {
    level: 'info',
    text: '{to} {path} broke off: {why}',
    meaning: 'A transfer ended before its time.',
    action: 'If the machine does not go on: look at cable, switch and its firmware.',
  },
  TFTP_DEFERRED: {
    level: 'info',
    text: '{to} waits: {count} transfers are under way',
    meaning: 'Those that are under way are finished first; then the next ones begin, in their order.',
    action: 'none',
  },
  TFTP_OVERRUN: {
    level: 'warning',
    text: '{to} has to ask again: {count} requests wait already',
    meaning: 'So many requests wait that this one was dropped. Clients ask again by themselves.',
    action: 'If one address asks without end: look at that machine.',
  },
  HTTP_BROKEN: {
    level: 'error',
    text: 'a request failed: {why}',
    meaning: 'The server could not answer; the client got the status 500, or its connection was closed.',
    action: 'See the reason; a file that cannot be read is the usual one.',
  },
} as const satisfies Catalogue;
