import { DecodeError } from '../net/bytes.ts';
import { jsonOf, nameAt, rowsOf } from './json.ts';

/** dom0's own memory in bytes (proc_meminfo(5)); throws DecodeError where a line is missing. */
export function parseMeminfo(text: string): { readonly total: number; readonly available: number } {
  const bytes = (name: string): number => {
    const kibibytes = new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(text)?.[1];
    if (kibibytes === undefined) throw new DecodeError(`/proc/meminfo says nothing of ${name}`);
    return Number(kibibytes) * 1024;
  };
  return { total: bytes('MemTotal'), available: bytes('MemAvailable') };
}

export const FAILED_UNITS: readonly string[] = ['systemctl', 'list-units', '--failed', '--output=json'];

/** The names that `systemctl list-units --failed --output=json` prints. */
export const parseFailedUnits = (text: string): readonly string[] =>
  rowsOf('systemctl', jsonOf('systemctl', text)).map((row) => nameAt('systemctl', row, 'unit'));

/** Lines `NAME='value'` as a shell reads them (docs/boot.md); throws DecodeError naming the line that is none. */
export function parseFacts(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => factOf(line)));
}

function factOf(line: string): [string, string] {
  const [, name = '', quoted, bare = ''] =
    /^([A-Z][A-Z0-9_]*)=(?:'((?:[^']|'\\'')*)'|([\w@%+=:,./-]*))$/.exec(line) ?? [];
  if (name === '') throw new DecodeError(`${JSON.stringify(line.slice(0, 80))} is no line NAME='value'`);
  return [name, quoted?.replaceAll(String.raw`'\''`, "'") ?? bare];
}

/** The facts as such lines. Line breaks are no part of any fact and are dropped. */
export const factsText = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}='${value.replaceAll(/[\r\n]/g, '').replaceAll("'", String.raw`'\''`)}'\n`)
    .join('');
