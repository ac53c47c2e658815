import { withoutPasswords } from './withoutPasswords.ts';

/** Lines about a difference that are shown with it. */
const AROUND = 2;
/** Cells of the table that is reckoned; beyond it all that differs counts as replaced. */
const MOST = 4_000_000;

type Sign = ' ' | '-' | '+';
type Line = readonly [sign: Sign, text: string];

/** What became of `before`, as it may be shown (`withoutPasswords`): lines with `-` went, with `+` came; `...` stands for those that are as they were. Empty where none differ. */
export function lineDiff(before: string, after: string): string {
  if (before === after) return '';
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => [' ', text]);
  return shown([
    ...same(a.slice(0, head)),
    ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...same(a.slice(a.length - tail)),
  ]);
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** By the longest common subsequence. */
function between(a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length > MOST) return [...a.map((text): Line => ['-', text]), ...b.map((text): Line => ['+', text])];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) [lines[lines.length], i, j] = [[' ', a[i] ?? ''], i + 1, j + 1];
    else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(['-', a[i++] ?? '']);
    else lines.push(['+', b[j++] ?? '']);
  }
  return lines;
}

function shown(lines: readonly Line[]): string {
  const near = new Set(
    lines.flatMap(([sign], at) =>
      sign === ' ' ? [] : Array.from({ length: 2 * AROUND + 1 }, (_, offset) => at - AROUND + offset),
    ),
  );
  return lines
    .map(([sign, text], at) => {
      if (near.has(at)) return `${sign} ${withoutPasswords(text.replace(/\r$/, ''))}\n`;
      return at === 0 || near.has(at - 1) ? '...\n' : '';
    })
    .join('');
}
