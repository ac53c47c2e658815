/** What a card can do about waking its machine, and does (ethtool(8), letter `g`: the magic packet). */
export type Wake = 'armed' | 'unarmed' | 'impossible';

/** Reads the wake-on lines of `ethtool <interface>`; a card without them cannot. */
export function parseWake(text: string): Wake {
  const supports = /^\s*Supports Wake-on:\s*(\w+)\s*$/m.exec(text)?.[1] ?? '';
  const now = /^\s*Wake-on:\s*(\w+)\s*$/m.exec(text)?.[1] ?? '';
  if (!supports.includes('g')) return 'impossible';
  return now.includes('g') ? 'armed' : 'unarmed';
}
