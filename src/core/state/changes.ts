import { fromUtf8, utf8 } from '../net/text.ts';
import type { DriveState } from './driveState.ts';

/**
 * Who changed what a drive remembers, when, and how; boots stand in its chain of stamps. It lies in the same record as what was
 * changed, so that the one is never there without the other. The texts of cluster.yaml stand in `state/history/` (`history.ts`).
 */
export interface StateChange {
  /** RFC 3339, in UTC, by the clock of whoever made it; for people. */
  readonly when: string;
  readonly who: string;
  readonly what: string;
}

const PART = 'changes';
const KEPT = 200;
const LONGEST = 200;
const LINE = /^(\S+) (\S+) (.*)$/;

/** Oldest first. */
export function changesOf({ rest }: DriveState): StateChange[] {
  const text = fromUtf8(rest.get(PART) ?? new Uint8Array()) ?? '';
  return text.split('\n').flatMap((line) => {
    const [, when, who, what] = LINE.exec(line) ?? [];
    return when === undefined || who === undefined || what === undefined ? [] : [{ when, who, what }];
  });
}

/** The line of a change, whoever says that he made it: two words and the rest, none of it to be taken for anything else. */
export function changeLine({ when, who, what }: StateChange): string {
  const name = who.replaceAll(/[^\x21-\x7e]+/g, '_').slice(0, LONGEST) || 'unknown';
  return `${when} ${name} ${what.replaceAll(/\p{C}+/gu, ' ').slice(0, LONGEST)}\n`;
}

/** The state with a further line, the last two hundred of them. */
export function withChange(state: DriveState, change: StateChange): DriveState {
  const lines = [...changesOf(state), change].slice(-KEPT).map((one) => changeLine(one));
  return { ...state, rest: new Map(state.rest).set(PART, utf8(lines.join(''))) };
}
