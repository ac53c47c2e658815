import { macBytes, type Mac } from '../net/mac.ts';

/** A magic packet: six times FF, then the MAC sixteen times (AMD's "Magic Packet Technology"). */
export function magicPacket(mac: Mac): Uint8Array {
  const packet = new Uint8Array(102).fill(0xff, 0, 6);
  for (let at = 6; at < packet.length; at += 6) packet.set(macBytes(mac), at);
  return packet;
}

/** How far waking one machine has come. Times in milliseconds. */
export interface Waking {
  readonly mac: Mac;
  readonly sent: number;
  readonly began: number;
  /** When the next packet is due; Infinity once the machine was heard. */
  readonly next: number;
}

export type WakeEvent =
  | { readonly kind: 'want'; readonly mac: Mac }
  | { readonly kind: 'heard'; readonly mac: Mac }
  | { readonly kind: 'tick' };

export type WakeState = ReadonlyMap<Mac, Waking>;

export interface WakeStep {
  readonly state: WakeState;
  /** Machines that get a magic packet now. */
  readonly out: readonly Mac[];
  /** When the next packet is due; Infinity where none is. */
  readonly next: number;
}

/**
 * Pauses in seconds between packets; the last one repeats. A card may be armed late, and a power strip that comes back
 * is still served.
 */
const PAUSES = [5, 10, 20, 30] as const;
/** Packets after which a machine counts as one that does not wake: about a minute. */
const ENOUGH = 5;

const pauseAfter = (sent: number): number => (PAUSES[Math.min(sent, PAUSES.length) - 1] ?? 0) * 1000;

export function wakeStep(state: WakeState, event: WakeEvent, now: number): WakeStep {
  const next = new Map(state);
  if (event.kind === 'want' && !next.has(event.mac)) {
    next.set(event.mac, { mac: event.mac, sent: 0, began: now, next: now });
  }
  const heard = event.kind === 'heard' ? next.get(event.mac) : undefined;
  if (heard !== undefined) next.set(heard.mac, { ...heard, next: Infinity });
  const due = [...next.values()].filter((waking) => waking.next <= now);
  for (const waking of due) {
    next.set(waking.mac, { ...waking, sent: waking.sent + 1, next: now + pauseAfter(waking.sent + 1) });
  }
  const soonest = Math.min(Infinity, ...[...next.values()].map((waking) => waking.next));
  return { state: next, out: due.map((waking) => waking.mac), next: soonest };
}

/** The sentence for a machine that does not wake; null while there is hope, and once it was heard. */
export function wakeProblem(waking: Waking | undefined, now: number): string | null {
  if (waking === undefined || waking.next === Infinity || waking.sent < ENOUGH) return null;
  const seconds = Math.round((now - waking.began) / 1000);
  return (
    `does not wake: ${waking.sent} magic packets in ${seconds} s, and nothing was heard. Likely cause: its card is not armed ` +
    '(many lose that when the power is cut): switch it on by hand once, and turn on wake on LAN in its firmware.'
  );
}
