import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parse,
  parseDocument,
  type Document,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { addToMap, addToSeq, changeValue, removeFromMap, removeFromSeq, type Splice } from './editSplice.ts';
import type { Path } from './jsonSchema.ts';

/**
 * Edits of cluster.yaml by a program. Only the characters that change are written, so that every comment, the order and the
 * layout of all else stay as the administrator left them; writing the whole document anew would keep its comments and lose its
 * layout. Each edit is proved: the data of the new text must be those of the old one with just this change.
 */

export type Value = string | number | boolean | { readonly [key: string]: Value };

/** The file is written in a way that only a person can edit. */
export class EditError extends Error {
  override readonly name = 'EditError';
}

/** The library would warn on standard error of keys that the reader refuses in better words. */
export const QUIET = { logLevel: 'error' } as const;

const AT_HAND = 'this part of the file is written in a way that only a person can change';

/** The text with `value` at `path`, or without what stands there. Everything above the last step but one must be there. */
export function editedText(text: string, path: Path, value: Value | undefined): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const crlf = text.includes('\r\n');
  const plain = text.slice(mark.length).replaceAll('\r\n', '\n');
  const edited = edit(plain, path, value);
  return mark + (crlf ? edited.replaceAll('\n', '\r\n') : edited);
}

function edit(text: string, path: Path, value: Value | undefined): string {
  const document = parseDocument(text, QUIET);
  const { from, to, insert } = spliceFor(document, text, path, value);
  const edited = text.slice(0, from) + insert + text.slice(to);
  const wanted = withChange(document.toJS() as unknown, path, value);
  if (canonical(dataOf(edited)) !== canonical(wanted)) throw new EditError(AT_HAND);
  return edited;
}

function spliceFor(document: Document, text: string, path: Path, value: Value | undefined): Splice {
  const last = path.at(-1);
  const above = nodeAt(document, path.slice(0, -1));
  const splice =
    isSeq(above) && typeof last === 'number'
      ? seqSplice(above, text, last, value)
      : isMap(above) && typeof last === 'string'
        ? mapSplice(above, text, last, value)
        : undefined;
  if (splice === undefined) throw new EditError(AT_HAND);
  return splice;
}

function seqSplice(seq: YAMLSeq, text: string, index: number, value: Value | undefined): Splice | undefined {
  if (value === undefined) return removeFromSeq(seq, text, index);
  return index === seq.items.length ? addToSeq(seq, text, valueText(value)) : undefined;
}

function mapSplice(map: YAMLMap, text: string, key: string, value: Value | undefined): Splice | undefined {
  const index = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  if (value === undefined) return index < 0 ? undefined : removeFromMap(map, text, index);
  if (index < 0) return addToMap(map, text, key, valueText(value));
  return changeValue(map, text, index, valueText(value));
}

function nodeAt(document: Document, path: Path): unknown {
  return path.reduce<unknown>((node, step) => {
    if (isAlias(node) || !isCollection(node)) return undefined;
    return node.get(step, true);
  }, document.contents);
}

/** A value as it stands on one line, within brackets too. */
export function valueText(value: Value): string {
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([key, part]) => `${valueText(key)}: ${valueText(part)}`);
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z0-9][\w./+@-]*(:[\w./+@-]+)*$/.test(value) && parse(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/** The data of a text; undefined where it is not right. */
function dataOf(text: string): unknown {
  const document = parseDocument(text, QUIET);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** An emptied list is written as nothing at all. */
function withChange(data: unknown, path: Path, value: Value | undefined): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(data)) {
    const items = [...(data as unknown[])];
    if (rest.length === 0 && value === undefined) items.splice(Number(step), 1);
    else items[Number(step)] = withChange(items[Number(step)], rest, value);
    return items.length === 0 ? null : items;
  }
  const entries = { ...(data as Record<string, unknown>) };
  if (rest.length === 0 && value === undefined) delete entries[step];
  else entries[step] = withChange(entries[step], rest, value);
  return entries;
}

/** The same for the same data, in whatever order its keys come; empty is empty. */
function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'null' : `[${value.map((item) => canonical(item)).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  const parts = keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`);
  return parts.length === 0 ? 'null' : `{${parts.join(',')}}`;
}
