import { nearest } from '../cluster/near.ts';
import { NAMED_OPTIONS, OWN_OPTIONS, type NamedOption } from './namedOptions.ts';
import { encodeUnnamed, KINDS } from './optionValue.ts';
import type { RawOptions } from './tlv.ts';

/** An option of cluster.yaml as it goes onto the wire, or what is wrong with it and what to do. */
export type ReadOption =
  | { readonly code: number; readonly bytes: Uint8Array }
  | { readonly part: 'key' | 'value'; readonly what: string; readonly remedy: string };

/** Reads one option by its name or number. */
export function readOption(key: string, value: unknown): ReadOption {
  const named = NAMED_OPTIONS.find((option) => option.name === key || String(option.code) === key);
  const code = named?.code ?? (/^\d{1,3}$/.test(key) ? Number(key) : undefined);
  if (code === undefined) return unknownName(key);
  const own = OWN_OPTIONS.get(code);
  if (own !== undefined) return { part: 'key', what: `option ${key} cannot be set`, remedy: own };
  if (code > 255) return { part: 'key', what: `there is no option ${key}`, remedy: 'Give a number from 2 to 254.' };
  const bytes = named === undefined ? encodeUnnamed(value) : KINDS[named.kind].encode(value);
  return bytes === undefined ? { part: 'value', ...badValue(key, named) } : { code, bytes };
}

function unknownName(key: string): ReadOption {
  const near = nearest(
    key,
    NAMED_OPTIONS.map(({ name }) => name),
  );
  const remedy =
    near === undefined
      ? 'Write its number, such as 224, and the value as a text, addresses or "0x..." bytes.'
      : `Did you mean \`${near}\`?`;
  return { part: 'key', what: `there is no DHCP option \`${key}\``, remedy };
}

function badValue(key: string, named: NamedOption | undefined) {
  if (named !== undefined) {
    const { noun } = KINDS[named.kind];
    return { what: `the value of option \`${key}\` is not ${noun}`, remedy: `Write ${noun}.` };
  }
  return {
    what: `the value of option ${key} has no form that is known`,
    remedy: 'Write a text in quotes, IPv4 addresses as a list, or bytes in quotes such as "0x0102ff".',
  };
}

/** The options of cluster.yaml that can be read, by their codes. */
export function rawOptions(options: Readonly<Record<string, unknown>>): RawOptions {
  const raw: RawOptions = new Map();
  for (const [key, value] of Object.entries(options)) {
    const read = readOption(key, value);
    if ('code' in read) raw.set(read.code, read.bytes);
  }
  return raw;
}
