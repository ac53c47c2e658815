import { isCollection, isMap, isNode, isScalar, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** Which characters of a YAML text to replace by which, for one change of a mapping or a list. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** `undefined` from any of these: the text is written in a way that this does not know. */
type Found = Splice | undefined;

export function changeValue(map: YAMLMap, text: string, index: number, value: string): Found {
  const pair = map.items[index];
  const node = pair?.value;
  if (isScalar(node) && node.source === '') return afterColon(pair, text, ` ${value}`);
  const [from, to] = [startOf(node), endOf(node)];
  return from === undefined || to === undefined ? undefined : { from, to, insert: value };
}

/** Behind the last pair that ends its line, else before the first. */
export function addToMap(map: YAMLMap, text: string, key: string, value: string): Found {
  const entry = `${key}: ${value}`;
  const first = startOf(map.items[0]?.key);
  const start = startOf(map);
  if (map.flow === true || first === undefined) {
    const last = endOfPair(map.items.at(-1));
    if (last !== undefined) return { from: last, to: last, insert: `, ${entry}` };
    return start === undefined ? undefined : { from: start + 1, to: start + 1, insert: ` ${entry}` };
  }
  const indent = ' '.repeat(first - lineStart(text, first));
  const line = map.items.findLast(({ value: node }) => isOnLine(node));
  const end = endOfPair(line);
  if (end === undefined) return { from: first, to: first, insert: `${entry}\n${indent}` };
  const at = lineEnd(text, end);
  return { from: at, to: at, insert: `\n${indent}${entry}` };
}

export function removeFromMap(map: YAMLMap, text: string, index: number): Found {
  const starts = map.items.map(({ key }) => startOf(key));
  const ends = map.items.map((pair) => endOfPair(pair));
  return map.flow === true
    ? removeFlow(text, starts, ends, index)
    : removeLines(text, starts[index], ends[index], map.items.length === 1);
}

export function addToSeq(seq: YAMLSeq, text: string, value: string): Found {
  const end = endOf(seq.items.at(-1));
  const start = startOf(seq);
  if (seq.flow === true) {
    if (end !== undefined) return { from: end, to: end, insert: `, ${value}` };
    return start === undefined ? undefined : { from: start + 1, to: start + 1, insert: value };
  }
  const dash = dashBefore(text, startOf(seq.items.at(-1)));
  if (end === undefined || dash === undefined) return undefined;
  const at = lineEnd(text, end);
  return { from: at, to: at, insert: `\n${' '.repeat(dash - lineStart(text, dash))}- ${value}` };
}

export function removeFromSeq(seq: YAMLSeq, text: string, index: number): Found {
  const starts = seq.items.map((item) => startOf(item));
  const ends = seq.items.map((item) => endOf(item));
  if (seq.flow === true) return removeFlow(text, starts, ends, index);
  const [dash, end] = [dashBefore(text, starts[index]), ends[index]];
  if (dash === undefined || end === undefined) return undefined;
  return { from: lineStart(text, dash), to: Math.min(text.length, lineEnd(text, end) + 1), insert: '' };
}

type Offsets = readonly (number | undefined)[];

/** With one of the two commas beside it. What a comment stands in is left to a person. */
function removeFlow(text: string, starts: Offsets, ends: Offsets, index: number): Found {
  const [start, end, next, before] = [starts[index], ends[index], starts[index + 1], ends[index - 1]];
  if (start === undefined || end === undefined) return undefined;
  const from = next === undefined ? (before ?? start) : start;
  const to = next ?? end;
  const beside = text.slice(from, start) + text.slice(end, to);
  return beside.includes('#') ? undefined : { from, to, insert: '' };
}

/** The comment behind it stays where it was. The first of an item shares its line with the dash. */
function removeLines(text: string, start: number | undefined, end: number | undefined, only: boolean): Found {
  if (start === undefined || end === undefined || only) return undefined;
  const [line, rest] = [lineStart(text, start), lineEnd(text, end)];
  const isAlone = text.slice(line, start).trim() === '' && text.slice(end, rest).trim() === '';
  return isAlone
    ? { from: line, to: Math.min(text.length, rest + 1), insert: '' }
    : { from: start, to: end, insert: '' };
}

function afterColon(pair: Pair | undefined, text: string, insert: string): Found {
  const at = text.indexOf(':', endOf(pair?.key) ?? text.length) + 1;
  return at === 0 ? undefined : { from: at, to: at, insert };
}

/** Scalars and brackets end their line; blocks go on below. */
const isOnLine = (node: unknown): boolean =>
  (isScalar(node) && !String(node.type).startsWith('BLOCK')) || (isCollection(node) && node.flow === true);

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

const endOfPair = (pair: Pair | undefined): number | undefined => {
  const value = pair?.value;
  const isEmpty = value === null || value === undefined || (isScalar(value) && value.source === '');
  // An empty value ends behind the colon.
  return isEmpty ? (isScalar(value) ? value.range?.[0] : endOf(pair?.key)) : endOf(value);
};

/** The end of what a person sees: a block ends with the last of its parts, not with the blank lines behind it. */
function endOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined;
  if (!isCollection(node) || node.flow === true) return node.range?.[1];
  return isMap(node) ? endOfPair(node.items.at(-1)) : endOf(node.items.at(-1));
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function dashBefore(text: string, start: number | undefined): number | undefined {
  if (start === undefined) return undefined;
  const at = text.slice(0, start).trimEnd().length - 1;
  return text[at] === '-' ? at : undefined;
}
