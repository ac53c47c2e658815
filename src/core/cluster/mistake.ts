import { withoutPasswords } from './withoutPasswords.ts';

/** A mistake in a person's file, placed. Lines and columns count from 1, columns in characters. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters of the line the mistake covers; at least 1. */
  readonly length: number;
  /** The line of the file, ready to show; null where it must not be. */
  readonly source: string | null;
  readonly what: string;
  readonly remedy: string;
}

/** Beyond this many, a file is not mistyped but something else entirely. */
const SHOWN = 40;
const WIDTH = 100;
/** What a terminal would obey instead of showing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/gu;

/** The lines of a file and the way from an offset to its place. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#starts = [0, ...Array.from(text.matchAll(/\n/g), (match) => match.index + 1)];
  }

  /** The offset of a place; lines and columns count from 1, columns in characters of UTF-16 as the YAML reader has them. */
  offset(line: number, column: number): number {
    return (this.#starts[line - 1] ?? 0) + column - 1;
  }

  /** The mistake that covers the offsets from `start` to `end`; what lies on later lines is not marked. */
  mistake(start: number, end: number, what: string, remedy: string): Mistake {
    const from = Math.min(start, this.text.length);
    const line = this.#starts.findLastIndex((begin) => begin <= from);
    const begin = this.#starts[line] ?? 0;
    const whole = this.text.slice(begin).split('\n', 1)[0] ?? '';
    const before = Array.from(this.text.slice(begin, from)).length;
    const marked = Array.from(whole.slice(from - begin, Math.max(end - begin, 0)).trimEnd()).length;
    return {
      file: this.file,
      line: line + 1,
      column: before + 1,
      length: Math.max(1, marked),
      source: withoutPasswords(whole).replaceAll('\t', ' ').replaceAll(UNPRINTABLE, '\uFFFD'),
      what,
      remedy,
    };
  }
}

/** All mistakes as a person reads them: place, sentence, the line with a caret, what to do. */
export function mistakesText(mistakes: readonly Mistake[]): string {
  const shown = mistakes.slice(0, SHOWN).map((mistake) => mistakeText(mistake));
  const rest = mistakes.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more\n`] : [])].join('\n');
}

function mistakeText(mistake: Mistake): string {
  const place = `${mistake.file}:${mistake.line}:${mistake.column}: ${mistake.what}`;
  if (mistake.source === null) return `${place}\n${' '.repeat(5)} = ${mistake.remedy}\n`;
  const number = String(mistake.line).padStart(5);
  const { text, column } = cut(mistake.source, mistake.column);
  const length = Math.max(1, Math.min(mistake.length, Array.from(text).length - column + 1));
  return [
    place,
    `${number} | ${text}`,
    `${' '.repeat(5)} | ${' '.repeat(column - 1)}${'^'.repeat(length)}`,
    `${' '.repeat(5)} = ${mistake.remedy}`,
    '',
  ].join('\n');
}

/** A very long line is shown only around the mistake. */
function cut(source: string, column: number): { text: string; column: number } {
  const chars = Array.from(source);
  if (chars.length <= WIDTH) return { text: source, column };
  const from = Math.max(0, Math.min(column - 1 - WIDTH / 4, chars.length - WIDTH));
  const part = chars.slice(from, from + WIDTH).join('');
  const head = from > 0 ? '…' : '';
  return { text: `${head}${part}${from + WIDTH < chars.length ? '…' : ''}`, column: column - from + head.length };
}
