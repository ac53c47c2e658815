/** What to do with frames for a port whose machine does not read fast enough. */
export type Admission = 'send' | 'hold' | 'drop';

/** From here on the sender is held, as a switch with flow control does (IEEE 802.3 31B), so that nothing is lost. */
export const SOFT_LIMIT = 1 << 20;
/** From here on frames are lost whatever happens. */
export const HARD_LIMIT = 8 << 20;
/** A port that took nothing for so many milliseconds has a machine that does not listen (firmware, a halted guest). */
export const STALLED_AFTER = 1000;

/**
 * `send`; `hold`: send, but read no more from the sender until the queue is shorter; `drop`. Holding keeps TCP whole
 * at any speed; not holding for a deaf port keeps one stuck machine from stopping the rack.
 */
export function admission(queuedBytes: number, silentMs: number): Admission {
  if (queuedBytes < SOFT_LIMIT) return 'send';
  return silentMs > STALLED_AFTER || queuedBytes >= HARD_LIMIT ? 'drop' : 'hold';
}
