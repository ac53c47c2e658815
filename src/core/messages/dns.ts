import type { Catalogue } from './catalogue.ts';

/** Messages of the names service. */
export const DNS_MESSAGES = {
  DNS_SERVING: {
    level: 'info',
    text: 'names below {domain} are served on {address}; others are asked of {servers}',
    meaning: 'Machines of the cluster find each other by name.',
    action: 'none',
  },
  DNS_NOT_SERVED: {
    level: 'warning',
    text: 'names are not served: {why}',
    meaning: 'The port of DNS cannot be opened. Machines boot all the same, but do not find each other by name.',
    action: 'End the program that has port 53 of this address, then start the boot server again.',
  },
  DNS_ANSWERED: {
    level: 'debug',
    text: '{from} asked: {said}',
    meaning:
      'A question was answered from what the cluster knows, or refused. The number is the response code (0: found).',
    action: 'none',
  },
  DNS_SILENT: {
    level: 'debug',
    text: '{from} is not answered: {why}',
    meaning: 'What came to the port of DNS is no question, or more is asked at once than can be passed on.',
    action: 'none',
  },
} as const satisfies Catalogue;
