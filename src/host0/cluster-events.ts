import type { TimelineEntry } from '../core/api/status.ts';
import type { Mac } from '../core/net/mac.ts';

/** What `GET /api/v1/events?since=N` gives: the events with a number above N, oldest first. */
export interface EventList {
  readonly schema: 'pxen.events/1';
  readonly events: readonly ({ readonly number: number; readonly mac: Mac } & TimelineEntry)[];
  /** To be given as `since` next time. */
  readonly last: number;
}

/** The newest events of all timelines, in the order in which they happened. */
export interface Events {
  add(mac: Mac, entry: TimelineEntry): void;
  since(number: number): EventList;
}

const KEPT = 2000;

export function createEvents(): Events {
  const kept: EventList['events'][number][] = [];
  let last = 0;
  return {
    add(mac, entry) {
      last += 1;
      kept.push({ number: last, mac, ...entry });
      if (kept.length > KEPT) kept.shift();
    },
    since: (number) => ({
      schema: 'pxen.events/1',
      // A caller that knows more than we do spoke to an earlier server: it gets all there is.
      events: kept.filter((event) => event.number > (number <= last ? number : 0)),
      last,
    }),
  };
}
