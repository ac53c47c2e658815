import type { Lab } from './lab.ts';
import { sentenceOf } from '../src/shell/fail.ts';

const CTRL_C = '\u0003';

interface Key {
  readonly key: string;
  readonly does: string;
  readonly press: (lab: Lab) => Promise<void>;
}

const KEYS: readonly Key[] = [
  {
    key: 'd',
    does: 'pull the drive out, or put it back',
    press: async ({ rack, say }) => {
      await (rack.host0.driveIsIn ? rack.host0.pullDrive() : rack.host0.plugDrive());
      say(rack.host0.driveIsIn ? 'the drive is back' : 'the drive is pulled');
    },
  },
  {
    key: 'c',
    does: 'cut the power of all machines, then switch the first one on',
    press: async ({ rack, say }) => {
      await Promise.all(rack.machines.map((machine) => machine.powerCut()));
      say('power was cut everywhere; the first machine is switched on');
      await rack.host0.powerOn();
    },
  },
];

export const keysText = (): string =>
  [...KEYS.map(({ key, does }) => `${key}: ${does}`), 'q or Ctrl-C: end'].join('; ');

/** Lets somebody at the terminal play with the rack until they have enough. */
export async function playUntilEnd(lab: Lab, input: NodeJS.ReadStream, interactive: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  lab.signal.addEventListener('abort', () => resolve(), { once: true });
  if (lab.signal.aborted) return;
  if (!interactive) return promise;
  const onKey = (key: Buffer): void => pressed(lab, key.toString(), resolve);
  input.setRawMode(true).resume().on('data', onKey);
  try {
    await promise;
  } finally {
    input.off('data', onKey).setRawMode(false).pause();
  }
}

function pressed(lab: Lab, key: string, end: () => void): void {
  if (key === 'q' || key === CTRL_C) end();
  const found = KEYS.find((entry) => entry.key === key);
  found?.press(lab).catch((error: unknown) => lab.say(sentenceOf(error)));
}
