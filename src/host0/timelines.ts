import type { TimelineStore } from '../core/api/service.ts';
import type { TimelineEntry } from '../core/api/status.ts';
import { appendEntry } from '../core/boot/timeline.ts';
import type { Mac } from '../core/net/mac.ts';

/** Timelines in memory. `uptime` in seconds; `notify` is told of every new entry. */
export function createTimelines(uptime: () => number, notify: (mac: Mac, entry: TimelineEntry) => void): TimelineStore {
  const timelines = new Map<Mac, readonly TimelineEntry[]>();
  return {
    add(mac, step, detail) {
      const entry: TimelineEntry = { at: Math.round(uptime() * 1000) / 1000, step, detail };
      timelines.set(mac, appendEntry(timelines.get(mac) ?? [], entry));
      notify(mac, entry);
    },
    of: (mac) => timelines.get(mac) ?? [],
    macs: () => [...timelines.keys()],
  };
}
