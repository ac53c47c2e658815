/**
 * How well a drive is, by what is seen while it is read back (src/host0/health.ts). Sticks die by reads that take ever longer or
 * must be repeated, then by sectors that are lost. A warning never goes away by itself: a stick does not heal.
 */
export interface Health {
  /** Bytes that were read back. */
  readonly bytes: number;
  /** Reads that took long. */
  readonly slow: number;
  /** Reads that failed at first. */
  readonly errors: number;
  /** Errors that Linux counted on the device since the first look. */
  readonly kernelErrors: number;
  /** The counter of Linux at the first look; it counts what a device does not know, too. */
  readonly kernelBase: number | undefined;
  /** Times that all of the drive was read. */
  readonly passes: number;
  /** What does not give back what was written, with its place; empty while nothing is known of it. */
  readonly damage: string;
}

export const UNKNOWN_HEALTH: Health = {
  bytes: 0,
  slow: 0,
  errors: 0,
  kernelErrors: 0,
  kernelBase: undefined,
  passes: 0,
  damage: '',
};

export type HealthEvent =
  | { readonly kind: 'read'; readonly bytes: number; readonly milliseconds: number }
  /** A read failed, and was repeated. */
  | { readonly kind: 'error' }
  /** The counter of Linux. */
  | { readonly kind: 'kernel'; readonly errors: number }
  /** Another medium, or the same one anew: its counter begins anew too. */
  | { readonly kind: 'plugged' }
  /** All was read; `damage` names the first thing that is not right. */
  | { readonly kind: 'pass'; readonly damage: string | undefined }
  /** Something could not be read, however often it was tried. */
  | { readonly kind: 'lost'; readonly damage: string };

/** Milliseconds that a MiB may take; the slowest stick that is well needs a second. */
const LONG = 5000;
/** As many of these are wear: one alone may come from a busy machine. */
const [SLOW, FEW] = [3, 3];

export function healthAfter(health: Health, event: HealthEvent): Health {
  switch (event.kind) {
    case 'read': {
      const slow = health.slow + (event.milliseconds > LONG ? 1 : 0);
      return { ...health, bytes: health.bytes + event.bytes, slow };
    }
    case 'error':
      return { ...health, errors: health.errors + 1 };
    case 'kernel': {
      const base = health.kernelBase ?? event.errors;
      const more = Math.max(0, event.errors - base);
      return { ...health, kernelBase: event.errors, kernelErrors: health.kernelErrors + more };
    }
    case 'plugged':
      return { ...health, kernelBase: undefined };
    case 'pass':
      return { ...health, passes: health.passes + 1, damage: event.damage ?? health.damage };
    case 'lost':
      return { ...health, damage: event.damage };
  }
}

export interface Verdict {
  readonly kind: 'well' | 'worn' | 'failing';
  /** Why, for people; empty for one that is well. */
  readonly why: string;
}

/** What is to be said of it. */
export function verdictOn({ slow, errors, kernelErrors, damage }: Health): Verdict {
  if (damage !== '') return { kind: 'failing', why: damage };
  if (errors >= FEW) return { kind: 'failing', why: `${errors} reads failed at first` };
  if (errors > 0) return { kind: 'worn', why: `${errors === 1 ? 'a read' : `${errors} reads`} failed at first` };
  if (kernelErrors >= FEW) return { kind: 'worn', why: `Linux counted ${kernelErrors} errors on it` };
  if (slow >= SLOW) return { kind: 'worn', why: `${slow} reads of one MiB took longer than ${LONG / 1000} s` };
  return { kind: 'well', why: '' };
}
