import { DecodeError } from '../net/bytes.ts';
import { GRUBENV_BYTES } from '../image/layout.ts';

/** Names and values of GRUB's environment block (GRUB manual, "The GRUB environment block"): lines, and `#` to the end. */
export function parseGrubenv(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.includes('='));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

export const GRUBENV_SIGNATURE = '# GRUB Environment Block\n';

/** Such a block, of exactly its size in bytes. Throws DecodeError for more than it holds. */
export function grubenvText(values: Readonly<Record<string, string>>, bytes = GRUBENV_BYTES): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  const text = `${GRUBENV_SIGNATURE}${lines.join('')}`;
  if (text.length > bytes) throw new DecodeError(`an environment of ${text.length} bytes is too long for GRUB`);
  return text.padEnd(bytes, '#');
}
