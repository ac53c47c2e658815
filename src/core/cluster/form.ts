import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Finding } from './finding.ts';
import { schemaAt, type Path } from './jsonSchema.ts';
import { Source, type Mistake } from './mistake.ts';
import { shapeFindings } from './shape.ts';
import { syntaxMistakes } from './syntax.ts';
import { Tree } from './tree.ts';

/** What a file must be. */
export interface Form<T> {
  readonly schema: z.ZodType<T>;
  /** Where `schemaAt` knows it, and where its findings say that they stand. */
  readonly at: Path;
  /** What makes no sense in it, though it may have the shape. */
  readonly sense: (root: unknown) => readonly Finding[];
  /** What to do about an empty one. */
  readonly least: string;
  /** One of an older version as this pxen reads it. */
  readonly forward: (source: Source) => Source;
}

export type FormReading<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

/** Characters. A thousand hosts and VMs need a fifth of it. */
const LONGEST = 1_000_000;
/** Uses of anchors; more than that is an alias bomb. */
const MOST_ALIASES = 100;

/** In a file of FAT zeroes stand where the power failed before its content was written; YAML would take them in a comment. */
const ZERO = '\0';
const CUT = 'a zero stands here, where text should be';
const REMEDY = 'Was the drive pulled while the file was being written? Write anew what stood here.';

/** A person's text without what editors leave behind: a mark at the head, CRLF. */
export const plainText = (text: string): string => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');

/** Reads a file of YAML, whole: every mistake that can be found is found at once. `file` is only named in mistakes. */
export function readForm<T>(text: string, file: string, form: Form<T>): FormReading<T> {
  const source = new Source(file, plainText(text));
  const whole = (what: string, remedy: string): FormReading<T> => ({ mistakes: [source.mistake(0, 0, what, remedy)] });
  if (source.text.length > LONGEST) {
    return whole('the file is longer than a million characters', 'Is this the right file?');
  }
  const zero = source.text.indexOf(ZERO);
  if (zero >= 0) return { mistakes: [source.mistake(zero, zero + 1, CUT, REMEDY)] };
  try {
    return readDocument(form.forward(source), form);
  } catch (thrown) {
    // The YAML library and this reader recurse; the library refuses too many aliases by throwing.
    if (thrown instanceof RangeError) return whole('the file is nested too deeply', 'Is this the right file?');
    if (thrown instanceof ReferenceError) return whole('the file uses too many aliases', 'Write out what `*` repeats.');
    throw thrown;
  }
}

function readDocument<T>(source: Source, form: Form<T>): FormReading<T> {
  const document = parseDocument(source.text, {
    prettyErrors: false,
    uniqueKeys: true,
    lineCounter: new LineCounter(),
  });
  const syntax = syntaxMistakes(source, document);
  if (syntax.length > 0) return { mistakes: syntax };
  return readData(source, document, form);
}

function readData<T>(source: Source, document: Document, { schema, at, sense, least }: Form<T>): FormReading<T> {
  const raw: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  if (raw === null || raw === undefined) return { mistakes: [source.mistake(0, 0, 'the file is empty', least)] };
  const root = holdsNull(raw) ? withoutEmpty(raw, at) : raw;
  const tree = new Tree(document);
  const shape = schema.safeParse(root);
  const findings = [
    ...(shape.success ? [] : shapeFindings(shape.error.issues, root, (path) => tree.written(path), at)),
    ...sense(root),
  ];
  if (shape.success && findings.length === 0) return { value: shape.data };
  return { mistakes: placed(source, tree, findings, at.length) };
}

const holdsNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));

/** A key with nothing after it, such as `hosts:` with every host commented out, is an empty list or mapping. */
function withoutEmpty(value: unknown, path: Path): unknown {
  const type = schemaAt(path)?.type;
  if (value === null && type === 'array') return [];
  if (value === null && type === 'object') return {};
  if (Array.isArray(value)) return value.map((item: unknown, index) => withoutEmpty(item, [...path, index]));
  if (typeof value !== 'object' || value === null || type !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutEmpty(item, [...path, key])]));
}

/** What an alias repeats is wrong only once. */
function distinct(mistakes: readonly Mistake[]): Mistake[] {
  const key = ({ line, column, what }: Mistake): string => `${line}:${column} ${what}`;
  return [...new Map(mistakes.toReversed().map((mistake) => [key(mistake), mistake])).values()];
}

/** `above`: how many steps of a finding's path lead to the file. */
function placed(source: Source, tree: Tree, findings: readonly Finding[], above: number): Mistake[] {
  const mistakes = findings.map(({ path, part, what, remedy, also }) => {
    const mistake = source.mistake(...tree.range(path.slice(above), part), what, remedy);
    if (also === undefined) return mistake;
    const other = source.mistake(...tree.range(also.slice(above), part), what, remedy);
    return { ...mistake, remedy: remedy.replace('{line}', String(other.line)) };
  });
  return distinct(mistakes).toSorted((a, b) => a.line - b.line || a.column - b.column);
}
