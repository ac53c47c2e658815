import type { Values } from '../core/messages/catalogue.ts';
import type { MessageId } from '../core/messages.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';

/** A log for what strangers can cause: so many lines a second, and a line that counts what was left out. */
export interface BoundedLog extends Log {
  /** Says a message at most once a minute for the same `about`. */
  minutely(id: MessageId, about: string, values: Values): void;
}

const LINES = 50;
const SECOND = 1000;
const MINUTE = 60_000;

export function boundedLog(log: Log, clock: Clock): BoundedLog {
  const said = new Map<string, number>();
  let [second, lines, left] = [0, 0, 0];
  const count = async (): Promise<void> => {
    left += 1;
    if (left > 1) return;
    await clock.sleep(SECOND);
    log.say('DHCP_LINES_LEFT_OUT', { count: left });
    left = 0;
  };
  const say = (id: MessageId, values?: Values): void => {
    const now = Math.floor(clock.now() / SECOND);
    if (now !== second) [second, lines] = [now, 0];
    lines += 1;
    if (lines <= LINES) log.say(id, values);
    else void count();
  };
  return {
    say,
    minutely(id, about, values) {
      const key = `${id} ${about}`;
      const before = said.get(key);
      if (before !== undefined && clock.now() - before < MINUTE) return;
      // What is said can be caused by strangers, and so can its number.
      if (said.size > LINES) said.clear();
      said.set(key, clock.now());
      say(id, values);
    },
  };
}
