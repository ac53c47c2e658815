import type { Path } from './jsonSchema.ts';
import type { Part } from './tree.ts';

/** A mistake in the data, not yet placed in the file. */
export interface Finding {
  readonly path: Path;
  readonly part: Part;
  readonly what: string;
  /** May have a hole `{line}` for the line at which `also` stands. */
  readonly remedy: string;
  /** Where the other of two that clash stands. */
  readonly also?: Path;
}

/** The name a person would give the entry at `path`: its key, or that of the list it stands in. */
export function nameOf(path: Path): string {
  const key = path.findLast((step) => typeof step === 'string');
  return key === undefined ? 'the file' : `\`${key}\``;
}
