import { DecodeError } from '../net/bytes.ts';
import { GRUBENV_BYTES } from '../image/layout.ts';

/** Names and values of GRUB's environment block (GRUB manual, "The GRUB environment block"): lines, and `#` to the end. */
export function parseGrubenv(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.includes('='));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Such a block, of exactly the size that GRUB wants. Throws DecodeError for more than it holds. */
export function grubenvText(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  const text = `# GRUB Environment Block\n${lines.join('')}`;
  if (text.length > GRUBENV_BYTES) throw new DecodeError(`an environment of ${text.length} bytes is too long for GRUB`);
  return text.padEnd(GRUBENV_BYTES, '#');
}
