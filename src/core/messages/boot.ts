import type { Catalogue } from './catalogue.ts';

/** Messages of TFTP, boot HTTP and the timeline of boots. */
export const BOOT_MESSAGES = {
  BOOT_STEP: {
    level: 'info',
    text: '{mac} {step} {detail}',
    meaning: 'A machine reached a step of its boot.',
    action: 'none',
  },
} as const satisfies Catalogue;
