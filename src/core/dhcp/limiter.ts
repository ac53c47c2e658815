/** Milliseconds that are counted together. */
const SECOND = 1000;
/** Seconds after which a machine that still floods is named again. */
const SAID_AGAIN = 60;

/** Holds each machine to so many packets a second, and says once a minute who does not keep to it. */
export class PacketLimiter {
  readonly #most: number;
  #counts = new Map<number, number>();
  #said = new Set<number>();
  #second = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the packet of the machine with this key may be worked on; `told` where that it may not was said before. */
  admit(key: number, now: number): 'yes' | 'no' | 'told' {
    this.#turn(Math.floor(now / SECOND));
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= this.#most) return 'yes';
    if (this.#said.has(key)) return 'told';
    this.#said.add(key);
    return 'no';
  }

  #turn(second: number): void {
    if (second === this.#second) return;
    if (Math.floor(second / SAID_AGAIN) !== Math.floor(this.#second / SAID_AGAIN)) this.#said = new Set();
    this.#counts = new Map();
    this.#second = second;
  }
}

const CHADDR = 28;

/** A number for whoever sent a DHCP message, from its hardware address (RFC 2131, figure 1); 0 for what is too short. */
export function senderKey(bytes: Uint8Array): number {
  if (bytes.length < CHADDR + 16) return 0;
  let key = 0;
  for (let at = 0; at < 16; at += 1) {
    const byte = bytes[CHADDR + at] ?? 0;
    // A MAC as it is; what is longer (a UUID) is mixed in, so that it stays a whole number (below 2 ** 53).
    if (at < 6) key = key * 256 + byte;
    else if (byte !== 0) key = (key % 2 ** 45) * 31 + byte;
  }
  return key;
}
