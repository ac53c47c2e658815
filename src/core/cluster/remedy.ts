import { parseSize } from './size.ts';

type Remedy = (said: string) => string;

/** What to do about a text that is not what its key wants, by the first words of what it wants. */
const REMEDIES: readonly (readonly [meant: string, remedy: Remedy])[] = [
  ['a MAC address', () => 'Write twelve hexadecimal digits, as the label of the card or the boot screen shows them.'],
  ['an IPv4 address', () => 'Write four numbers from 0 to 255 with dots between them.'],
  ['a subnet', () => 'Write an IPv4 address, a slash and the length of its network part.'],
  ['a stretch of addresses', () => 'Write the first and the last address with a hyphen between them.'],
  ['a time', () => 'Write a whole number and a unit: s, m, h or d.'],
  ['the name of an interface', () => 'Write it as `ip link` shows it.'],
  ['a UUID', () => 'Write it as `dmidecode -s system-uuid` shows it on that machine.'],
  ['a size', sizeRemedy],
  ['a name', nameRemedy],
  [
    'a domain',
    (said) => (asName(said, '.') === undefined ? 'Write names with dots between them.' : `Write ${asName(said, '.')}.`),
  ],
  ['one argument', () => 'Write every argument as an item of its own, without spaces around or in it.'],
  ['a public SSH key', keyRemedy],
  [
    'the hash of a password',
    () =>
      'Make one with pxen secrets hash, of yescrypt, bcrypt, scrypt or SHA-2; the password itself never stands here.',
  ],
  ['an account', () => 'Write 2 to 32 lower-case letters, digits, _ and -, beginning with a letter.'],
];

/** The sentence that says what to write instead of `said`. */
export function remedyFor(meant: string, said: string): string {
  const found = REMEDIES.find(([start]) => meant.startsWith(start));
  return found?.[1](said) ?? `Write ${meant}.`;
}

function sizeRemedy(said: string): string {
  const [, digits, unit] = /^\s*([\d.]+)\s*([kmgt])?i?b?\s*$/i.exec(said) ?? [];
  const better = `${digits}${unit === undefined ? 'MiB' : `${unit.toUpperCase()}iB`}`;
  return digits !== undefined && parseSize(better) !== undefined
    ? `Did you mean ${better}?`
    : 'Write a number and a unit: B, KiB, MiB, GiB, TiB, KB, MB, GB or TB.';
}

function nameRemedy(said: string): string {
  const better = asName(said, '');
  return better === undefined ? 'Write letters, digits and hyphens.' : `Write ${better}.`;
}

/** The nearest name that is allowed; `keep` are further characters that are. */
function asName(said: string, keep: string): string | undefined {
  const lower = said.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const safe = Array.from(lower, (char) => (/[a-z0-9-]/.test(char) || keep.includes(char) ? char : '-')).join('');
  const better = safe
    .replaceAll(/-{2,}/g, '-')
    .slice(0, 63)
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return better === '' ? undefined : better;
}

function keyRemedy(said: string): string {
  return said.includes('PRIVATE KEY')
    ? 'This is a private key. Take it out of the file, replace it everywhere, and write the public one (the file ending in .pub).'
    : 'Write the line of the file that ends in .pub.';
}
