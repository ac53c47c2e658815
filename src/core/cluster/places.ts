import { LineCounter, parseDocument } from 'yaml';
import type { Path } from './jsonSchema.ts';
import { Tree } from './tree.ts';

/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** False where the value itself stands nowhere and this is the nearest thing above it. */
  readonly exact: boolean;
}

/** Finds where a value of a file stands that was read without a mistake. */
export function placesIn(text: string): (path: Path) => Place {
  // A mark at the head counts as a character for nobody who looks at the line.
  const lines = new LineCounter();
  const tree = new Tree(parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines }));
  return (path) => {
    const { line, col } = lines.linePos(tree.range(path, 'value')[0]);
    return { line, column: col, exact: tree.stands(path) };
  };
}
