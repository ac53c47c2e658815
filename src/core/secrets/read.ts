import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Pair } from 'yaml';
import { QUIET } from '../cluster/edit.ts';
import { Source, type Mistake } from '../cluster/mistake.ts';
import { nearest } from '../cluster/near.ts';
import { label } from '../cluster/scalars.ts';
import { DecodeError } from '../net/bytes.ts';
import { LONGEST_VALUE } from './schema.ts';
import { Secret } from './secret.ts';
import { readWrapped, type Wrapped } from './wrapped.ts';

/** `secrets.yaml` as it stands: each entry open or wrapped. */
export type SecretsFile = ReadonlyMap<string, Secret | Wrapped>;

export type SecretsReading = { readonly secrets: SecretsFile } | { readonly mistakes: readonly Mistake[] };

const LONGEST = 4_000_000;

/** Says a mistake at a node, or at the file as a whole. No text of the file is ever part of one but names of entries. */
type Say = (node: unknown, what: string, remedy: string) => void;

/**
 * Reads `secrets.yaml`, whole: every mistake that can be found is found at once. Accepts what editors leave behind. Mistakes have
 * their places and never the line itself, of which nobody knows how much is secret.
 */
export function parseSecrets(text: string, file: string): SecretsReading {
  const source = new Source(file, text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const mistakes: Mistake[] = [];
  const say: Say = (node, what, remedy) => mistakes.push(blind(source, startOf(node), what, remedy));
  if (source.text.length > LONGEST) {
    say(undefined, 'the file is longer than four million characters', 'Is this the right file?');
    return { mistakes };
  }
  const secrets = readText(source, say);
  return mistakes.length === 0 ? { secrets } : { mistakes: inOrder(mistakes) };
}

const inOrder = (mistakes: readonly Mistake[]): Mistake[] =>
  mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);

const blind = (source: Source, at: number, what: string, remedy: string): Mistake => ({
  ...source.mistake(at, at, what, remedy),
  source: null,
});

function startOf(node: unknown): number {
  if (typeof node === 'number') return node;
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function readText(source: Source, say: Say): SecretsFile {
  try {
    const document = parseDocument(source.text, { ...QUIET, prettyErrors: false, lineCounter: new LineCounter() });
    return readDocument(document, say);
  } catch (thrown) {
    // The YAML library recurses.
    if (!(thrown instanceof RangeError)) throw thrown;
    say(undefined, 'the file is nested too deeply', 'Is this the right file?');
    return new Map();
  }
}

const EXAMPLE = 'Write `version: 1`, and `secrets:` with `NAME: "VALUE"` indented below it.';

function readDocument(document: Document, say: Say): SecretsFile {
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    // The library's own words may quote the file.
    if (error.code === 'DUPLICATE_KEY') say(error.pos[0], 'this name stands twice', 'Keep one of the two.');
    else say(error.pos[0], `this is no YAML (${error.code})`, 'Put every value in quotes; close what was opened.');
    return new Map();
  }
  const root = document.contents;
  if (!isMap(root)) {
    const isEmpty = root === null || (isScalar(root) && root.value === null);
    say(root, isEmpty ? 'the file is empty' : 'the file is no mapping', EXAMPLE);
    return new Map();
  }
  const top = keysOf(root.items, say);
  for (const [key, { key: node }] of top) if (!TOP.includes(key)) say(node, ...unknownKey(key, TOP));
  readVersion(top.get('version'), say);
  return readEntries(top.get('secrets')?.value, say);
}

const TOP = ['version', 'secrets'];

function unknownKey(key: string, known: readonly string[]): [what: string, remedy: string] {
  const near = nearest(key, known);
  const what = near === undefined && !isName(key) ? 'there is no such key here' : `there is no key \`${key}\` here`;
  return [what, near === undefined ? `What may stand here: ${known.join(', ')}.` : `Did you mean \`${near}\`?`];
}

const isName = (text: string): boolean => label.safeParse(text).success;

function keysOf(items: readonly Pair[], say: Say): ReadonlyMap<string, Pair> {
  const found = new Map<string, Pair>();
  for (const pair of items) {
    if (isScalar(pair.key)) found.set(String(pair.key.value), pair);
    else say(pair.key, 'a key must be a plain text', 'Write a name.');
  }
  return found;
}

function readVersion(pair: Pair | undefined, say: Say): void {
  if (pair === undefined) return say(undefined, 'the key `version` is missing', 'Write `version: 1`.');
  if (isScalar(pair.value) && pair.value.value === 1) return;
  say(
    pair.value,
    '`version` is not 1, which this pxen reads',
    'Write `version: 1`, or use the pxen it was written for.',
  );
}

function readEntries(node: unknown, say: Say): SecretsFile {
  const secrets = new Map<string, Secret | Wrapped>();
  if (node === undefined || node === null || (isScalar(node) && node.value === null)) return secrets;
  if (!isMap(node)) {
    say(node, '`secrets` must be a mapping', 'Write it as `NAME: "VALUE"`, one a line and indented.');
    return secrets;
  }
  for (const [name, { key, value }] of keysOf(node.items, say)) {
    if (!isName(name)) {
      say(
        key,
        'the name of a secret has a character that none may have',
        'Write lower-case letters, digits and hyphens.',
      );
      continue;
    }
    const entry = readEntry(name, value, (at, what, remedy) => say(at ?? key, what, remedy));
    if (entry !== undefined) secrets.set(name, entry);
  }
  return secrets;
}

function readEntry(name: string, node: unknown, say: Say): Secret | Wrapped | undefined {
  if (isMap(node)) return readWrappedEntry(name, node.items, say);
  if (!isScalar(node)) {
    say(node, `\`${name}\` is no text`, 'Put it in quotes.');
    return undefined;
  }
  const { value } = node;
  if (value === null || value === '')
    say(node, `\`${name}\` is empty`, 'Write its value in quotes, or remove the key.');
  else if (typeof value !== 'string')
    say(node, `\`${name}\` is read as a number or a truth value`, 'Put it in quotes.');
  else if (value.length > LONGEST_VALUE)
    say(node, `\`${name}\` is longer than 65,536 characters`, 'Is this the right value?');
  else return new Secret(value);
  return undefined;
}

/** Keys in braces are not named: a value that begins with `{` and lacks its quotes looks like one. */
function readWrappedEntry(name: string, items: readonly Pair[], say: Say): Wrapped | undefined {
  const [pair] = items;
  const isOne = items.length === 1 && isScalar(pair?.key) && pair.key.value === 'wrapped';
  const text = isOne && isScalar(pair?.value) ? pair.value.value : undefined;
  if (typeof text !== 'string') {
    const remedy = 'Put it in quotes; what pxen secrets wrap writes is { wrapped: "..." }.';
    say(undefined, `\`${name}\` is a mapping`, remedy);
    return undefined;
  }
  try {
    return readWrapped(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    say(pair?.value, `\`${name}\` cannot be opened: ${error.message}`, 'Take it from a copy, or set it anew.');
    return undefined;
  }
}
