/** A network's interface as it is served: open, gone, or to be opened again. */
export type LinkState =
  | { readonly kind: 'open'; readonly index: number }
  /** Opened again at `again`, milliseconds; `wait` is what is waited after the next failure. */
  | { readonly kind: 'closed'; readonly again: number; readonly wait: number };

export type LinkEvent =
  /** The interface's number as the system counts them, or undefined where it is gone or has lost its address. */
  | { readonly kind: 'seen'; readonly index: number | undefined }
  | { readonly kind: 'opened'; readonly index: number }
  | { readonly kind: 'failed' };

export type LinkOut = 'close' | 'open' | undefined;

/** Milliseconds between two attempts to open: first, and at most. */
const WAIT = { first: 1000, most: 30_000 } as const;

/**
 * One step of watching an interface. Sockets are tied to the interface's number: one that went and came back under its name
 * has another, and is heard by new sockets only.
 */
export function linkStep(
  state: LinkState,
  event: LinkEvent,
  now: number,
): { readonly state: LinkState; readonly out: LinkOut } {
  if (event.kind === 'opened') return { state: { kind: 'open', index: event.index }, out: undefined };
  if (event.kind === 'failed') {
    const wait = state.kind === 'closed' ? state.wait : WAIT.first;
    return { state: { kind: 'closed', again: now + wait, wait: Math.min(wait * 2, WAIT.most) }, out: undefined };
  }
  if (state.kind === 'open') {
    if (event.index === state.index) return { state, out: undefined };
    return { state: { kind: 'closed', again: now, wait: WAIT.first }, out: 'close' };
  }
  return { state, out: event.index !== undefined && now >= state.again ? 'open' : undefined };
}
