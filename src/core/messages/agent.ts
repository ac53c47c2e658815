import type { Catalogue } from './catalogue.ts';

/** Messages of the program that runs on every host. */
export const AGENT_MESSAGES = {
  AGENT_STARTED: {
    level: 'info',
    text: 'agent started on {name} ({place}), {seconds} s after Linux',
    meaning: 'The agent runs and begins to look at the machine.',
    action: 'none',
  },
} as const satisfies Catalogue;
