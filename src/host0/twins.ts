import type { TimelineStore } from '../core/api/service.ts';
import { canonicalUuid, isTrueUuid } from '../core/identity/machine.ts';
import { meet, type Sign, type Twins } from '../core/identity/twins.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Log } from '../shell/log.ts';

/** Steps of a boot that firmware takes by each of its cards in turn. */
const FIRMWARE: ReadonlySet<string> = new Set(['wake', 'dhcp', 'loader', 'config', 'menu']);
/** UUIDs that are watched: anybody on the network can make some up. */
const MOST = 4096;

/** Finds boards that lie though nobody has met them yet: different machines with one UUID. */
export class TwinWatch {
  readonly #timelines: Pick<TimelineStore, 'of'>;
  readonly #log: Log;
  readonly #signs = new Map<string, readonly Sign[]>();
  readonly #twins = new Map<string, Twins>();

  constructor(timelines: Pick<TimelineStore, 'of'>, log: Log) {
    this.#timelines = timelines;
    this.#log = log;
  }

  /** A machine took a step of its boot, or reported. Gives whether a UUID was found to be no good. */
  heard(mac: Mac, step: string, uuid: string | undefined): boolean {
    if (uuid === undefined || FIRMWARE.has(step) || !isTrueUuid(uuid)) return false;
    const key = canonicalUuid(uuid);
    if (this.#signs.size >= MOST) this.#signs.clear();
    const boot = this.#timelines.of(mac)[0]?.at ?? 0;
    const { signs, macs } = meet(this.#signs.get(key) ?? [], { mac, boot });
    this.#signs.set(key, signs);
    const known = this.#twins.get(key)?.macs ?? [];
    const all = [...new Set([...known, ...macs])].sort();
    if (all.length === known.length) return false;
    this.#twins.set(key, { uuid, macs: all });
    this.#log.say('BOOT_TWINS', { uuid, macs: all.join(' and ') });
    return true;
  }

  /** Whether several machines say that they have this UUID. */
  has(uuid: string): boolean {
    return this.#twins.size > 0 && this.#twins.has(canonicalUuid(uuid));
  }

  all(): readonly Twins[] {
    return [...this.#twins.values()];
  }
}
