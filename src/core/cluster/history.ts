/**
 * The history of cluster.yaml: `log.txt` has one line a change, `NUMBER WHEN WHO WHAT`, with the time in UTC (RFC 3339) and no
 * space in WHO; `000017.yaml` beside it is the file as change 17 left it. Both are for people; the cluster does not need them.
 */
export interface Change {
  readonly number: number;
  readonly when: string;
  readonly who: string;
  readonly what: string;
}

/** Changes that are kept, each with its whole file. */
const KEPT = 100;
const LONGEST = 200;
const LINE = /^(\d{1,9}) (\S+) (\S+) (.*)$/;

/** The changes in a log, oldest first. A line that is none, as a torn one, is left out. */
export function parseHistory(text: string): Change[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, number, when = '', who = '', what = ''] = LINE.exec(line) ?? [];
    return number === undefined ? [] : [{ number: Number(number), when, who, what }];
  });
}

export const historyText = (changes: readonly Change[]): string =>
  changes.map(({ number, when, who, what }) => `${number} ${when} ${who} ${what}\n`).join('');

export const versionName = (number: number): string => `${String(number).padStart(6, '0')}.yaml`;

/** What is to be done to the history for a change of the file. */
export interface Recording {
  readonly changes: readonly Change[];
  /** Versions to write, by their number. */
  readonly versions: readonly (readonly [number: number, text: string])[];
  /** Numbers of versions that are no longer kept. */
  readonly dropped: readonly number[];
}

/** A change that is being made. */
export interface Making {
  readonly before: string;
  readonly after: string;
  readonly when: string;
  readonly who: string;
  readonly what: string;
}

/** Records a change. What an editor did to the file since the last one, `last`, becomes a change of its own before it. */
export function recorded(changes: readonly Change[], last: string | undefined, making: Making): Recording {
  const { before, after, when, what } = making;
  const who = making.who.replaceAll(/[^\x21-\x7e]+/g, '_') || 'unknown';
  const by = what.replaceAll(/\p{C}+/gu, ' ').slice(0, LONGEST);
  const first = (changes.at(-1)?.number ?? 0) + 1;
  const found: Change[] =
    last === before
      ? []
      : [{ number: first, when, who: 'somebody', what: last === undefined ? 'as it was found' : 'changed by hand' }];
  const mine: Change = { number: first + found.length, when, who, what: by };
  const all = [...changes, ...found, mine];
  return {
    changes: all.slice(-KEPT),
    versions: [...found.map(({ number }) => [number, before] as const), [mine.number, after]],
    dropped: all.slice(0, -KEPT).map(({ number }) => number),
  };
}
