import type { Identity } from '../core/identity/identity.ts';
import type { MessageId } from '../core/messages.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import { identityIn, relativesOf, volumeOf, type Relative, type SuccessionDeps } from './succession.ts';

/** Milliseconds between two looks at what is plugged in. */
const LOOK = 10_000;

/** Looks for other drives of this cluster; each medium is read once, when it comes. */
export class DriveWatch {
  readonly #deps: SuccessionDeps;
  readonly #device: string;
  /** Who this host has served as since it began. */
  #own: Identity | undefined;
  #known = new Map<string, Relative | undefined>();

  constructor(device: string, deps: SuccessionDeps) {
    this.#device = device;
    this.#deps = deps;
  }

  warnings(): readonly string[] {
    return [...this.#known.values()].flatMap((relative) => {
      if (relative === undefined || relative.kin === 'successor') return [];
      const { path, identity } = relative;
      return relative.kin === 'former'
        ? [`${path} is a former drive of this cluster (generation ${identity.generation}) and void: pull it out`]
        : [`${path} is a copy of this cluster's drive: pull it out`];
    });
  }

  /** Until `signal` aborts, or a drive has taken the place of the one in force: then true. */
  async watch(clock: Clock, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      await clock.sleep(LOOK, signal).catch(() => undefined);
      // A disk that goes away while it is read is looked at again the next time.
      const found = await this.#look().catch((error: unknown) =>
        this.#deps.log.say('DRIVES_UNSEEN', { why: sentenceOf(error) }),
      );
      if (found === true) return true;
    }
    return false;
  }

  async #look(): Promise<boolean> {
    const { drives, kept } = this.#deps;
    this.#own ??= identityIn(await kept());
    if (this.#own === undefined) return false;
    const plugged = await drives.plugged();
    // A copy that was made of the whole drive has the same volume id.
    const mine = plugged.find(({ volume }) => volume === volumeOf(this.#device));
    const others = plugged.filter((one) => one !== mine);
    const before = this.#known;
    this.#known = new Map(others.map(({ key }) => [key, before.get(key)]));
    const fresh = others.filter(({ key }) => !before.has(key));
    for (const relative of await relativesOf(this.#own, fresh, drives)) {
      this.#known.set(relative.key, relative);
      const { path: device, identity } = relative;
      if (relative.kin === 'successor') return true;
      this.#deps.log.say(MESSAGE[relative.kin], { device, generation: identity.generation });
    }
    return false;
  }
}

const MESSAGE = { former: 'DRIVE_FORMER', copy: 'DRIVE_COPY' } as const satisfies Record<string, MessageId>;
