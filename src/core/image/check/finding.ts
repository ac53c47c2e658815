/** One thing that is damaged on a drive, and what to do. */
export interface Finding {
  /** A path on the drive, or a part of the disk. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** Collects what is damaged. */
export type Find = (where: string, what: string, remedy?: string) => void;

/** Copies cannot be mended in place: everything but `cluster.yaml` and the state is the same on every drive. */
export const ANEW = 'Write the drive anew: pxen drive write DEVICE. Keep a copy of its cluster.yaml and state/ before.';
