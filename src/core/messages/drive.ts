import type { Catalogue } from './catalogue.ts';

/** Messages of the drives that are plugged into host0. */
export const DRIVE_MESSAGES = {
  DRIVE_FORMER: {
    level: 'warning',
    text: '{device} is a former drive of this cluster (generation {generation}): it is void, and nothing is read from it or written to it',
    meaning:
      'Another drive has taken its place. A machine that is booted from it would serve what the cluster was then.',
    action: 'Pull it out; `pxen drive write --force` makes something else of it.',
  },
  DRIVE_COPY: {
    level: 'warning',
    text: '{device} is a copy of the drive of this cluster',
    meaning: 'Both have one identity. What happens from now on is kept on one of them only.',
    action: 'Pull the copy out; a drive that is to take over is made by `pxen drive replace`.',
  },
  DRIVE_SUCCESSOR: {
    level: 'info',
    text: '{device} has taken the place of the drive that this host serves from: generation {generation}',
    meaning: 'From now on the boot server serves from it and keeps state there; it begins anew for that.',
    action: 'Pull the former drive out.',
  },
  DRIVES_UNSEEN: {
    level: 'warning',
    text: 'the disks of this host could not be looked at: {why}',
    meaning: 'Another drive of this cluster would not be noticed now; it is tried again after ten seconds.',
    action: 'none, unless it comes again and again',
  },
  DRIVE_WORN: {
    level: 'warning',
    text: 'the drive {device} shows wear: {why}',
    meaning:
      'The drive still gives what stands on it, but slowly or only when it is asked again. Most sticks die after that.',
    action: 'Make a new one on another stick, on host0: pxen drive replace DEVICE.',
  },
  DRIVE_FAILING: {
    level: 'error',
    text: 'the drive {device} is failing: {why}',
    meaning: 'Host0 runs on from RAM, but after a power cut it may not start from this drive.',
    action: 'Make a new one on another stick, on host0 and before it is switched off: pxen drive replace DEVICE.',
  },
} as const satisfies Catalogue;
