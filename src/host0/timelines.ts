import type { TimelineStore } from '../core/api/service.ts';
import type { TimelineEntry } from '../core/api/status.ts';
import { appendEntry, UNSTARTED } from '../core/boot/timeline.ts';
import type { Mac } from '../core/net/mac.ts';

/** Machines whose boots are remembered: more than any rack, since anybody on the network can make up MAC addresses. */
const MOST = 4096;

/** Timelines in memory. `uptime` in seconds; `notify` is told of every new entry. */
export function createTimelines(uptime: () => number, notify: (mac: Mac, entry: TimelineEntry) => void): TimelineStore {
  const timelines = new Map<Mac, readonly TimelineEntry[]>();
  return {
    add(mac, step, detail) {
      const entry: TimelineEntry = { at: Math.round(uptime() * 1000) / 1000, step, detail };
      if (!timelines.has(mac) && timelines.size >= MOST) forgetShortest(timelines);
      const before = timelines.get(mac) ?? [];
      const after = appendEntry(before, entry);
      timelines.set(mac, after);
      const [first] = after;
      // A machine that goes in circles is told of once.
      if (first?.step === UNSTARTED && before[0]?.step !== UNSTARTED) notify(mac, first);
      notify(mac, entry);
    },
    of: (mac) => timelines.get(mac) ?? [],
    macs: () => [...timelines.keys()],
  };
}

/** Who only knocked has less to tell than who booted; of equals, the oldest goes. */
function forgetShortest(timelines: Map<Mac, readonly TimelineEntry[]>): void {
  let shortest: { readonly mac: Mac; readonly length: number } | undefined;
  for (const [mac, { length }] of timelines) {
    if (length < (shortest?.length ?? Infinity)) shortest = { mac, length };
  }
  if (shortest !== undefined) timelines.delete(shortest.mac);
}
