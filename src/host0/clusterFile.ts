import { clusterFileAmong } from '../core/cluster/candidates.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import { fromUtf8 } from '../core/net/text.ts';
import type { Clock } from '../shell/clock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';
import { Addons } from './addons.ts';

/** `cluster.yaml` as it is in force: the last version that could be read whole, with its add-ons. */
export interface ClusterFile {
  readonly current: () => Cluster;
  /** Its text. */
  readonly text: () => string;
  /** Why a newer version is not in force. */
  readonly warnings: () => readonly string[];
  /** Reads it again if it, or a file of its add-ons, has changed. */
  check(): Promise<void>;
}

/** What the drive remembers of it beside the file itself. */
export interface Remembered {
  /** The last good version; undefined where it keeps none. */
  readonly lastGood: () => Promise<string | undefined>;
  /** The version that is to be in force where this text was torn by a power cut; undefined where it was not. */
  readonly overTorn: (text: string) => Promise<string | undefined>;
}
const NOTHING: Remembered = { lastGood: async () => undefined, overTorn: async () => undefined };

/** `sentence` is how a program ends that can go no further. */
type Wrong = { readonly mistake: string; readonly sentence?: string };
type Reading = { readonly cluster: Cluster; readonly text: string } | Wrong;

/**
 * Reads `cluster.yaml`. Where it is missing, cannot be read or has mistakes, the last good version is in force, if the drive
 * keeps one; else a Failure is thrown, with every mistake of it, placed.
 */
export async function openClusterFile(files: Files, log: Log, remembered: Remembered = NOTHING): Promise<ClusterFile> {
  const first = await seenNow(files);
  let { seen, note } = first;
  let { inForce, warnings } = await inForceFirst(first.reading, remembered, log);
  const addons = new Addons(files, log);
  let cluster = await addons.of(inForce.cluster);
  const take = (next: Reading): void => {
    const isWrong = 'mistake' in next;
    warnings = isWrong ? [`${CLUSTER_FILE} has a mistake, the version before is in force: ${next.mistake}`] : [];
    // What a command wrote is read again to no effect.
    if ('text' in next && next.text === inForce.text) return;
    if (isWrong) return log.say('BOOT_CLUSTER_FILE', { mistake: next.mistake });
    inForce = next;
    log.say('BOOT_CLUSTER_READ');
  };
  const look = async (): Promise<void> => {
    const [next, before] = [await infoNow(files), inForce];
    ({ note } = next);
    // Pulled with the drive, or between an editor's two steps: what is in force stays.
    if (next.info !== undefined && !isSame(next.info, seen)) {
      seen = next.info;
      take(await readCluster(files, next.name));
    }
    if (inForce !== before || (await addons.haveChanged(inForce.cluster))) cluster = await addons.of(inForce.cluster);
  };
  return {
    current: () => cluster,
    text: () => inForce.text,
    warnings: () => [...warnings, ...addons.warnings(), ...(note === undefined ? [] : [note])],
    check: oneByOne(look),
  };
}

/** One look after the other: of two at once the slower one would put back what the other found changed. */
function oneByOne(look: () => Promise<void>): () => Promise<void> {
  let turn: Promise<void> = Promise.resolve();
  return () => {
    const next = turn.then(look);
    turn = next.catch(() => undefined);
    return next;
  };
}

interface First {
  readonly inForce: Exclude<Reading, Wrong>;
  readonly warnings: readonly string[];
}

async function inForceFirst(reading: Reading, remembered: Remembered, log: Log): Promise<First> {
  const now = await untorn(reading, remembered);
  if (!('mistake' in now)) return { inForce: now, warnings: [] };
  const { mistake } = now;
  const inForce = await readKept(now, remembered);
  log.say('STATE_LAST_GOOD', { mistake });
  return {
    inForce,
    warnings: [`${CLUSTER_FILE} cannot be used, the last good version of it is in force: ${mistake}`],
  };
}

interface Seen {
  readonly seen: FileInfo | undefined;
  readonly note: string | undefined;
  readonly reading: Reading;
}

async function seenNow(files: Files): Promise<Seen> {
  const { name, info, note } = await infoNow(files);
  if (info !== undefined) return { seen: info, note, reading: await readCluster(files, name) };
  const mistake = note === undefined ? `there is no ${CLUSTER_FILE}` : `there is no ${CLUSTER_FILE}; ${note}`;
  return { seen: undefined, note: undefined, reading: { mistake } };
}

/** A file that a power cut tore may have no mistake, and still be no version that anybody wished. */
async function untorn(reading: Reading, { overTorn }: Remembered): Promise<Reading> {
  if ('mistake' in reading || (await overTorn(reading.text)) === undefined) return reading;
  return { mistake: `${CLUSTER_FILE} is torn: the power failed, or the drive was pulled, while it was being written` };
}

async function readKept(wrong: Wrong, { lastGood }: Remembered): Promise<Exclude<Reading, Wrong>> {
  const text = await lastGood();
  const kept = text === undefined ? undefined : await parsed(text, CLUSTER_FILE);
  if (kept !== undefined && 'cluster' in kept) return kept;
  throw new Failure(wrong.sentence ?? wrong.mistake, 'Correct it, or name another folder.', 2);
}

interface Found {
  readonly name: string;
  readonly info: FileInfo | undefined;
  readonly note: string | undefined;
}

async function infoNow(files: Files): Promise<Found> {
  const { name = CLUSTER_FILE, note } = clusterFileAmong((await files.list('.')) ?? []);
  return { name, info: await files.info(name), note };
}

const isSame = (one: FileInfo, other: FileInfo | undefined): boolean =>
  one.size === other?.size && one.modified === other.modified;

async function readCluster(files: Files, name: string): Promise<Reading> {
  try {
    const text = fromUtf8(await files.bytes(name));
    return text === undefined ? { mistake: `${name} is not text in UTF-8` } : await parsed(text, name);
  } catch (error) {
    return { mistake: `${name} cannot be read: ${sentenceOf(error)}` };
  }
}

/** The cluster, or its mistakes as text. The parser is loaded here, since nothing else of boot service needs it. */
async function parsed(text: string, name: string): Promise<Reading> {
  const { parseCluster } = await import('../core/cluster/read.ts');
  const reading = parseCluster(text, name);
  if ('cluster' in reading) return { cluster: reading.cluster, text };
  const { mistakesText } = await import('../core/cluster/mistake.ts');
  const mistake = mistakesText(reading.mistakes);
  return { mistake, sentence: `${CLUSTER_FILE} has mistakes\n${mistake}` };
}

/** Milliseconds between two looks at the file. */
const LOOK = 5000;

/** Looks for changes until `signal` aborts. */
export async function watchClusterFile(file: ClusterFile, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK, signal).catch(() => undefined);
    await file.check().catch((error: unknown) => log.say('BOOT_CLUSTER_FILE', { mistake: sentenceOf(error) }));
  }
}
