import { linkStep, type LinkEvent, type LinkState } from '../core/boot/linkWatch.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { ServedNetwork } from './networks.ts';
import type { Host0 } from './start.ts';

export interface WatchDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The number of an interface that has an address; undefined where it is gone. */
  readonly indexOf: (name: string, address: Ipv4) => Promise<number | undefined>;
}

/** Watches the interfaces of a server, and closes and opens their networks as they go and come. */
export class WatchedNetworks {
  readonly #host0: Pick<Host0, 'open' | 'close'>;
  readonly #deps: WatchDeps;
  readonly #states = new Map<ServedNetwork, LinkState>();

  constructor(host0: Pick<Host0, 'open' | 'close'>, deps: WatchDeps) {
    this.#host0 = host0;
    this.#deps = deps;
  }

  /** A network that is open, and the number that its interface had before it was opened. */
  add(link: ServedNetwork, index: number): void {
    this.#states.set(link, { kind: 'open', index });
  }

  async look(): Promise<void> {
    for (const link of this.#states.keys()) await this.#lookAt(link);
  }

  async #lookAt(link: ServedNetwork): Promise<void> {
    const { log, indexOf } = this.#deps;
    const { interface: name, address } = link;
    const index = await indexOf(name, address);
    const out = this.#feed(link, { kind: 'seen', index });
    if (out === 'close') {
      log.say('SERVE_LINK_LOST', { interface: name, address });
      await this.#host0.close(link);
    }
    if (out !== 'open' || index === undefined) return;
    try {
      await this.#host0.open(link);
      this.#feed(link, { kind: 'opened', index });
      log.say('SERVE_LINK_BACK', { interface: name, address });
    } catch (error) {
      this.#feed(link, { kind: 'failed' });
      log.say('SERVE_LINK_FAILED', { interface: name, why: sentenceOf(error) });
    }
  }

  #feed(link: ServedNetwork, event: LinkEvent): 'open' | 'close' | undefined {
    const before = this.#states.get(link);
    if (before === undefined) return undefined;
    const { state, out } = linkStep(before, event, this.#deps.clock.now());
    this.#states.set(link, state);
    return out;
  }
}
