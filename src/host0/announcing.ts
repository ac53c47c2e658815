import { arpAnnouncement } from '../core/net/arp.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Clock } from '../shell/clock.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';

export interface AnnouncingDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** How often, and milliseconds between two (RFC 5227 1.1, ANNOUNCE_NUM and ANNOUNCE_INTERVAL). */
const TIMES = 2;
const INTERVAL = 2000;

/**
 * Tells everybody on a link whose `address` is (RFC 5227 2.3), until `signal` aborts: when it is served from, and again when
 * its interface has another MAC, as after the change of a card. Who knew another one would else go on sending there.
 */
export async function announce(
  link: Link,
  name: string,
  address: Ipv4,
  { clock, log }: AnnouncingDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let left = TIMES; !signal.aborted;) {
    if (left > 0) link.send(arpAnnouncement(link.mac, address));
    left = Math.max(0, left - 1);
    await clock.sleep(INTERVAL, signal).catch(() => undefined);
    const before = link.mac;
    if (signal.aborted || !(await link.renewed())) continue;
    left = TIMES;
    log.say('BOOT_CARD_CHANGED', { interface: name, address, before, mac: link.mac });
  }
}
