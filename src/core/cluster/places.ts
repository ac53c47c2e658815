import { LineCounter, parseDocument } from 'yaml';
import { ADDON_FILE, ADDONS } from '../image/layout.ts';
import type { Path } from './jsonSchema.ts';
import { Tree } from './tree.ts';

/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** False where the value itself stands nowhere and this is the nearest thing above it. */
  readonly exact: boolean;
  /** The file of an add-on that it is in; absent for the file itself. */
  readonly file?: string;
}

/** A file as it was read. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** As `placesIn`, for cluster.yaml with its add-ons, by name. */
export function placesAmong(text: string, addons: ReadonlyMap<string, TextFile>): (path: Path) => Place {
  const [own, theirs] = [placesIn(text), new Map<string, (path: Path) => Place>()];
  return (path) => {
    const [section, name, file, ...rest] = path;
    const addon = section === ADDONS && file === ADDON_FILE ? addons.get(String(name)) : undefined;
    if (addon === undefined) return own(path);
    const placeOf = theirs.get(addon.file) ?? placesIn(addon.text);
    theirs.set(addon.file, placeOf);
    return { ...placeOf(rest), file: addon.file };
  };
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
