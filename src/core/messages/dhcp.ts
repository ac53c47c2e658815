import type { Catalogue } from './catalogue.ts';

/** Messages of the DHCP service. */
export const DHCP_MESSAGES = {
  DHCP_ANSWERED: {
    level: 'info',
    text: '{mac} {type} -> {answer} {address}',
    meaning: 'A DHCP request was answered.',
    action: 'none',
  },
} as const satisfies Catalogue;
