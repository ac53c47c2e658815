import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import type { Log } from '../shell/log.ts';

/** What has a file on the drive that a person may change there. */
export interface Taker {
  takeByHand(): Promise<void>;
}

/** Milliseconds between two looks. They read nothing of the drive itself. */
const LOOK = 5000;

/**
 * Takes over what a person changed in the files of the drive while host0 serves: on another machine, before the drive was put
 * back, or on this one. Until `signal` aborts.
 */
export async function watchByHand(
  drive: DriveFiles,
  takers: readonly Taker[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  let seen = await drive.mark();
  while (!signal.aborted) {
    await clock.sleep(LOOK, signal).catch(() => undefined);
    const now = await drive.mark();
    const isNew = now !== seen && now !== undefined;
    seen = now;
    if (signal.aborted || !isNew) continue;
    for (const taker of takers) {
      await taker.takeByHand().catch((error: unknown) => log.say('STATE_NOT_TAKEN', { why: sentenceOf(error) }));
    }
  }
}
