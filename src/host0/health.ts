import type { DriveHealthStatus } from '../core/api/status.ts';
import { checkDrive } from '../core/image/check/drive.ts';
import { Unreadable, type Disk, type Sha256 } from '../core/image/disk.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import {
  healthAfter,
  UNKNOWN_HEALTH,
  verdictOn,
  type Health,
  type HealthEvent,
  type Verdict,
} from '../core/state/health.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { Plugged } from '../shell/plugged.ts';

export interface HealthDeps {
  /** The drive in force, where it is plugged in now. */
  readonly find: () => Promise<Plugged | undefined>;
  /** Opens it for reading past what Linux holds of it in memory. */
  readonly open: (path: string) => Promise<Disk & { close(): Promise<void> }>;
  /** Errors that Linux has counted on it; undefined where it counts none. */
  readonly kernelErrors: (path: string) => Promise<number | undefined>;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when the verdict gets worse. */
  readonly worse: (sentence: string) => void;
}

/** Bytes read at once, and milliseconds between two reads: with them at most 63 MB an hour, and a whole drive in some hours. */
const PIECE = 2 ** 20;
const PAUSE = 60_000;
/** Milliseconds until the first look: hosts boot first. Also how long a drive that is away is left alone. */
const LATER = 600_000;
/** Times that a read is tried. */
const TRIES = 3;

/** The drive was pulled, or the server ends: nothing can be said of it now. */
class Away extends Error {}

/** Reads the drive back, all of it and then again, so slowly that nobody notices; warns before it dies. */
export class DriveHealth {
  readonly #deps: HealthDeps;
  #health: Health = UNKNOWN_HEALTH;
  #said: Verdict['kind'] = 'well';
  #device = '';

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  get status(): DriveHealthStatus {
    const { passes, bytes, slow, errors, kernelErrors } = this.#health;
    const { kind: verdict, why } = verdictOn(this.#health);
    return { verdict, why, passes, bytes, slow, errors, kernelErrors };
  }

  warnings(): readonly string[] {
    const { kind, why } = verdictOn(this.#health);
    return kind === 'well' ? [] : [sentence(this.#device, kind, why)];
  }

  async watch(signal: AbortSignal): Promise<void> {
    const { clock, find } = this.#deps;
    let last = '';
    while (!signal.aborted) {
      await clock.sleep(LATER, signal).catch(() => undefined);
      const found = await find().catch(() => undefined);
      if (found === undefined || signal.aborted) continue;
      if (found.key !== last) this.#take({ kind: 'plugged' });
      last = found.key;
      this.#device = found.path;
      await this.#pass(found, signal);
    }
  }

  /** Reads all that is on it, once; what looks damaged is read again a minute later: it may have been written meanwhile. */
  async #pass(found: Plugged, signal: AbortSignal): Promise<void> {
    try {
      let damage = await this.#check(found, signal, PAUSE);
      if (damage !== undefined) {
        await this.#deps.clock.sleep(PAUSE, signal).catch(() => undefined);
        damage = await this.#check(found, signal, 0);
      }
      this.#take({ kind: 'pass', damage });
    } catch (error) {
      if (error instanceof Away) return;
      const isThere = (await this.#deps.find().catch(() => undefined))?.key === found.key;
      if (isThere) this.#take({ kind: 'lost', damage: sentenceOf(error) });
    }
  }

  async #check(found: Plugged, signal: AbortSignal, pause: number): Promise<string | undefined> {
    const disk = await this.#deps.open(found.path);
    try {
      const slow: Disk = { size: disk.size, read: (at, length) => this.#read(disk, at, length, found, signal, pause) };
      const report = await checkDrive(slow, this.#deps.sha256, () => undefined);
      if (report.kind === 'stranger') return report.why;
      const first = report.findings.find(({ where }) => !where.startsWith(CLUSTER_FILE));
      return first && `${first.where}: ${first.what}`;
    } finally {
      await disk.close();
    }
  }

  async #read(
    disk: Disk,
    at: number,
    length: number,
    found: Plugged,
    signal: AbortSignal,
    pause: number,
  ): Promise<Uint8Array> {
    const whole = new Uint8Array(length);
    for (let done = 0; done < length; done += PIECE) {
      const bytes = Math.min(PIECE, length - done);
      whole.set(await this.#readPiece(disk, at + done, bytes, found, signal), done);
      // In proportion, so that many small reads take no longer than a large one.
      await this.#deps.clock.sleep((pause * bytes) / PIECE, signal).catch(() => undefined);
    }
    return whole;
  }

  async #readPiece(disk: Disk, at: number, bytes: number, found: Plugged, signal: AbortSignal): Promise<Uint8Array> {
    const { clock, find, kernelErrors } = this.#deps;
    for (let attempt = 1; ; attempt += 1) {
      if (signal.aborted) throw new Away();
      const since = clock.now();
      try {
        const read = await disk.read(at, bytes);
        this.#take({ kind: 'read', bytes, milliseconds: clock.now() - since });
        return read;
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        if ((await find().catch(() => undefined))?.key !== found.key) throw new Away();
        this.#take({ kind: 'error' });
        if (attempt === TRIES) throw error;
      } finally {
        const errors = await kernelErrors(found.path).catch(() => undefined);
        if (errors !== undefined) this.#take({ kind: 'kernel', errors });
      }
    }
  }

  #take(event: HealthEvent): void {
    this.#health = healthAfter(this.#health, event);
    const { kind, why } = verdictOn(this.#health);
    if (kind === 'well' || kind === this.#said) return;
    this.#said = kind;
    this.#deps.log.say(kind === 'worn' ? 'DRIVE_WORN' : 'DRIVE_FAILING', { device: this.#device, why });
    this.#deps.worse(sentence(this.#device, kind, why));
  }
}

const sentence = (device: string, kind: 'worn' | 'failing', why: string): string =>
  `the drive ${device} ${kind === 'worn' ? 'shows wear' : 'is failing'} (${why}): make a new one on this host: pxen drive replace DEVICE`;
