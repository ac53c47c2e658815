import { journalLine, readJournal } from '../core/dhcp/journal.ts';
import { LeaseBook, type LeaseRecord } from '../core/dhcp/lease-book.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Journal } from '../shell/journal.ts';
import type { Log } from '../shell/log.ts';

/** The lease book and its journal. */
export interface Leases {
  readonly book: LeaseBook;
  record(records: readonly LeaseRecord[]): void;
  /** Keeps the address of a machine that lives on without asking again. */
  keep(mac: Mac, seconds: number): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export interface LeaseDeps {
  readonly journal: Journal;
  /** How the journal is called in messages. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines of a journal up to which it is never written anew, and how many for each lease it may have beyond that. */
const LINES = { least: 2000, each: 3 } as const;

/** Milliseconds until a journal that cannot be written is tried again. */
const RETRY = 10_000;

/** Reads the journal, and writes it anew without what is out of date. */
export async function openLeases(deps: LeaseDeps): Promise<Leases> {
  const { clock, journal, log, path } = deps;
  const book = new LeaseBook();
  const { records, lost } = readJournal(await journal.read(), clock.now());
  if (lost > 0) log.say('DHCP_JOURNAL_TORN', { path, lost });
  for (const record of records) book.apply(record);
  const leases = new JournaledLeases(book, deps);
  await leases.rewrite();
  return leases;
}

class JournaledLeases implements Leases {
  readonly book: LeaseBook;
  readonly #deps: LeaseDeps;
  #unwritten: LeaseRecord[] = [];
  /** Lines in the journal. */
  #lines = 0;
  /** When a journal that could not be written is tried again; undefined for one that could. */
  #retry: number | undefined;

  constructor(book: LeaseBook, deps: LeaseDeps) {
    this.book = book;
    this.#deps = deps;
  }

  record(records: readonly LeaseRecord[]): void {
    for (const record of records) this.book.apply(record);
    this.#unwritten.push(...records);
  }

  keep(mac: Mac, seconds: number): void {
    const lease = this.book.ofMac(mac);
    const until = this.#deps.clock.now() + seconds * 1000;
    // Half a lease more is worth a line in the journal, a report every few seconds is not.
    if (lease === undefined || lease.until > until - seconds * 500) return;
    this.record([{ kind: 'lease', lease: { ...lease, state: 'bound', until, boots: true } }]);
  }

  async flush(): Promise<void> {
    // What was missed stands in the book, and so in a journal that is written anew.
    if (this.#retry !== undefined) return this.#retry <= this.#deps.clock.now() ? this.rewrite() : undefined;
    if (this.#lines > LINES.least + LINES.each * this.book.size) return this.rewrite();
    const text = this.#text(this.#unwritten);
    this.#unwritten = [];
    if (text !== '') await this.#write((journal) => journal.append(text));
  }

  async rewrite(): Promise<void> {
    this.#unwritten = [];
    this.#lines = 0;
    const text = this.#text([...this.book.all()].map((lease) => ({ kind: 'lease', lease })));
    await this.#write((journal) => journal.replace(text));
  }

  #text(records: readonly LeaseRecord[]): string {
    const now = this.#deps.clock.now();
    let text = '';
    for (const record of records) {
      const line = journalLine(record, now);
      if (line === undefined) continue;
      text += line;
      this.#lines += 1;
    }
    return text;
  }

  async #write(change: (journal: Journal) => Promise<void>): Promise<void> {
    const { journal, log, path } = this.#deps;
    try {
      await change(journal);
      this.#retry = undefined;
    } catch (error) {
      this.#retry = this.#deps.clock.now() + RETRY;
      log.say('DHCP_JOURNAL_FAILED', { path, why: sentenceOf(error) });
    }
  }
}

/** Milliseconds between two writings: a burst of leases becomes one, and none is unwritten for a second. */
const BATCH = 400;

/** Writes the journal in batches until `signal` aborts, and then once more. */
export async function writeJournal(leases: Leases, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(BATCH, signal).catch(() => undefined);
    await leases.flush();
  }
}
