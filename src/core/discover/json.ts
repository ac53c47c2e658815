import { DecodeError } from '../net/bytes.ts';

/**
 * Reading JSON that a tool of the host printed. Checks are written by hand: they run at every report, on hosts that
 * start the agent from cold, where loading a schema library would cost more than the tools themselves.
 */
export type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value that `tool` printed; throws DecodeError naming the tool for what is no JSON. */
export function jsonOf(tool: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError(`${tool} printed no JSON but ${JSON.stringify(text.slice(0, 60))}`);
  }
}

/** The rows of a list; throws DecodeError where it is none. */
export function rowsOf(tool: string, value: unknown): readonly Row[] {
  if (!Array.isArray(value) || !value.every(isRow)) throw new DecodeError(`${tool} printed no list of objects`);
  return value;
}

/** A list below `key` of what `tool` printed. */
export function listOf(tool: string, text: string, key: string): readonly Row[] {
  const value = jsonOf(tool, text);
  return rowsOf(tool, isRow(value) ? value[key] : undefined);
}

/** A column as text; empty where the tool knows nothing (`null` or absent). */
export function textAt(row: Row, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** A column as a whole number of at least 0; throws DecodeError for anything else. */
export function countAt(tool: string, row: Row, key: string): number {
  const text = textAt(row, key);
  if (!/^\d+$/.test(text)) throw new DecodeError(`${tool} printed ${JSON.stringify(row[key])} for ${key}, no number`);
  return Number(text);
}

/** A column as a flag: JSON's true, or `1` as older versions of the tools print it. */
export const flagAt = (row: Row, key: string): boolean => row[key] === true || row[key] === '1' || row[key] === 1;

/** A column that must not be empty. */
export function nameAt(tool: string, row: Row, key: string): string {
  const text = textAt(row, key);
  if (text === '') throw new DecodeError(`${tool} printed a row without ${key}`);
  return text;
}
