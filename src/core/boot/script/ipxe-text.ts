import { DecodeError } from '../../net/bytes.ts';

/**
 * Words of an iPXE script. iPXE expands `${...}` in a line, then splits it at white space, then looks for `&&`, `||`, `;` and
 * for words that begin with `#` (ipxe/src/core/exec.c). It has no quoting, so what would be taken for any of these is refused.
 */
export function ipxeWord(text: string): string {
  const isPlain = /^[\x21-\x7e]+$/.test(text) && !text.includes('${') && !text.startsWith('#');
  if (!isPlain || ['&&', '||', ';'].includes(text)) {
    throw new DecodeError(`${JSON.stringify(text)} cannot stand in an iPXE script`);
  }
  return text;
}

/** A text that `echo` shows: whatever iPXE would act on is softened rather than refused. */
export function ipxeSentence(text: string): string {
  const plain = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll('${', '$ {');
  const words = plain.split(' ').filter((word) => word !== '');
  return words.map((word) => (/^(#.*|&&|\|\||;)$/.test(word) ? `"${word}"` : word)).join(' ');
}
