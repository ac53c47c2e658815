/** Names and values of GRUB's environment block (GRUB manual, "The GRUB environment block"): lines, and `#` to the end. */
export function parseGrubenv(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.includes('='));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
