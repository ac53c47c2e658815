import { parseDocument } from 'yaml';
import { editedText, valueText, EditError, QUIET, type Value } from './edit.ts';
import { keysAt, schemaAt } from './jsonSchema.ts';
import { nearest } from './near.ts';

/** One word of `pxen host set`: a key of a host and its value; undefined takes the key away. */
export interface HostChange {
  readonly key: string;
  readonly value: Value | undefined;
}

const HOST = ['hosts', 0];
/** Keys that hold one value; the others are lists and mappings. */
const single = (key: string): boolean => !['labels', 'disks', 'options'].includes(key);

/** Reads `KEY=VALUE`; a label is `labels.KEY=VALUE`. Gives the sentence why it is none, with the key that may be meant. */
export function readChange(word: string): HostChange | string {
  const at = word.indexOf('=');
  if (at <= 0) return `${word} is not of the form KEY=VALUE`;
  const [key, text] = [word.slice(0, at), word.slice(at + 1)];
  if (/^labels\.[^.]+$/.test(key)) return { key, value: text === '' ? undefined : text };
  const keys = keysAt(HOST).filter((known) => single(known));
  if (!keys.includes(key)) {
    const near = nearest(key, keys);
    return near === undefined
      ? `a host has no ${key} that can be set so: there is ${keys.join(', ')}, labels.KEY`
      : `a host has no ${key}: did you mean ${near}?`;
  }
  if (text === '') return { key, value: undefined };
  const isTruth = schemaAt([...HOST, key])?.type === 'boolean' && /^(true|false)$/.test(text);
  return { key, value: isTruth ? text === 'true' : text };
}

/** The text with the changes made to the host at `index`. Throws EditError. */
export function changedHost(text: string, index: number, changes: readonly HostChange[]): string {
  return changes.reduce((before, change) => changedOnce(before, index, change), text);
}

function changedOnce(text: string, index: number, { key, value }: HostChange): string {
  const [first = '', label] = key.startsWith('labels.') ? ['labels', key.slice('labels.'.length)] : [key];
  const path = ['hosts', index, first];
  if (label === undefined) return has(text, path) || value !== undefined ? editedText(text, path, value) : text;
  const labels = at(text, path);
  const count = Object.keys(Object(labels)).length;
  if (value === undefined) {
    if (!has(text, [...path, label])) return text;
    return editedText(text, count === 1 ? path : [...path, label], undefined);
  }
  if (count === 0) return editedText(text, path, { [label]: value });
  return editedText(text, [...path, label], value);
}

const at = (text: string, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (here, step) =>
      typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[step] : undefined,
    parseDocument(text.replace(/^\uFEFF/, ''), QUIET).toJS() as unknown,
  );

const has = (text: string, path: readonly (string | number)[]): boolean => at(text, path) !== undefined;

/** The text with one more host at the end of the list. Throws EditError. */
export function addedHost(text: string, changes: readonly HostChange[]): string {
  const entry: Record<string, Value> = {};
  const labels: Record<string, Value> = {};
  for (const { key, value } of changes) {
    if (value === undefined) continue;
    if (key.startsWith('labels.')) labels[key.slice('labels.'.length)] = value;
    else entry[key] = value;
  }
  const host = Object.keys(labels).length === 0 ? entry : { ...entry, labels };
  const hosts = at(text, ['hosts']);
  if (Array.isArray(hosts) && hosts.length > 0) return editedText(text, ['hosts', hosts.length], host);
  return firstHost(text, valueText(host));
}

/** Below a `hosts:` that holds nothing, else at the end of the file. */
function firstHost(text: string, host: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const empty = /^hosts:[ \t]*(\[[ \t]*\])?(?=[ \t]*(#.*)?\r?$)/m.exec(text);
  const edited =
    empty === null
      ? `${text}${text.endsWith('\n') ? '' : eol}hosts:${eol}  - ${host}${eol}`
      : text.slice(0, empty.index) + withItem(text.slice(empty.index), eol, host);
  const hosts = parseDocument(edited.replace(/^\uFEFF/, ''), QUIET);
  const found = hosts.errors.length === 0 ? at(edited, ['hosts']) : undefined;
  if (Array.isArray(found) && found.length === 1) return edited;
  throw new EditError('the list of hosts is written in a way that only a person can change');
}

function withItem(text: string, eol: string, host: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  const rest = text.slice(line.length);
  return `${line.replace(/^hosts:[ \t]*\[[ \t]*\]/, 'hosts:')}${eol}  - ${host}${rest === '' ? eol : rest}`;
}
