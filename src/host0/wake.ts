import { magicPacket, wakeStep, type Waking, type WakeEvent, type WakeState } from '../core/boot/wake.ts';
import { BROADCAST_IPV4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';

/** How far waking has come, machine by machine. */
export interface Waker {
  want(mac: Mac): void;
  heard(mac: Mac): void;
  of(mac: Mac): Waking | undefined;
}

export interface WakeDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every magic packet. */
  readonly sent: (mac: Mac, count: number) => void;
}

/** "Discard": nobody answers there, and cards look at the packet only. */
const DISCARD_PORT = 9;
/** Milliseconds after which new wishes are seen at the latest. */
const LONGEST_SLEEP = 2000;

/** Wakes what is wanted until `signal` aborts. */
export function createWaker(port: UdpPort, deps: WakeDeps, signal: AbortSignal): Waker {
  let state: WakeState = new Map();
  const feed = (event: WakeEvent): void => {
    const step = wakeStep(state, event, deps.clock.now());
    ({ state } = step);
    for (const mac of step.out) send(port, mac, state.get(mac)?.sent ?? 0, deps);
  };
  void keepTicking(feed, deps.clock, signal);
  return {
    want: (mac) => feed({ kind: 'want', mac }),
    heard: (mac) => (state.get(mac)?.next === Infinity ? undefined : feed({ kind: 'heard', mac })),
    of: (mac) => state.get(mac),
  };
}

async function keepTicking(feed: (event: WakeEvent) => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    feed({ kind: 'tick' });
    await clock.sleep(LONGEST_SLEEP, signal).catch(() => undefined);
  }
}

function send(port: UdpPort, mac: Mac, count: number, { log, sent }: WakeDeps): void {
  const to = { address: BROADCAST_IPV4, port: DISCARD_PORT };
  port.send(magicPacket(mac), to, (error) => log.say('BOOT_SEND_FAILED', { to: to.address, why: error.message }));
  log.say('WAKE_SENT', { mac });
  sent(mac, count);
}
