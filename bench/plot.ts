import { figureText } from './numbers.ts';
import type { BenchResult, Measure, Peer } from './result.ts';

/** Pixels. */
const WIDTH = 860;
const MARGIN = 10;
const LABELS = 220;
const BARS = 420;
const BAR = { height: 12, step: 15 } as const;
const ROW_GAP = 8;
const PANEL_GAP = 22;
const LINE = 20;

/** Readable on white and on black alike. */
const INK = '#7d8188';
const COLOURS = ['#2f81f7', '#db6d28', '#a371f7', '#3fb950'];

/** A bench's figures as bars: a panel for what shares a unit and a scale, a row a measure, a bar a peer. */
export function plot(result: BenchResult): string {
  const drawing = new Drawing();
  const names = Object.keys(result.peers);
  drawing.title(`pxen bench ${result.bench}${result.quick ? ': a quick run, which claims nothing' : ''}`);
  drawing.legend(names.map((name) => `${name} ${result.peers[name]?.version ?? ''}`));
  const panels = Map.groupBy(Object.entries(result.measures), ([, { panel, unit }]) => `${panel}\n${unit}`);
  for (const measures of panels.values()) panel(drawing, measures, Object.entries(result.peers));
  const { processor, processors, kernel, system } = result.machine;
  drawing.note(`${processor} x ${processors}, ${system}, Linux ${kernel}. Medians; longer is ${betterText(result)}.`);
  return drawing.text();
}

function betterText({ measures }: BenchResult): string {
  const kinds = new Set(Object.values(measures).map(({ better }) => better));
  if (kinds.size === 1) return kinds.has('higher') ? 'better' : 'worse';
  return 'better but where it says less';
}

type Named<T> = readonly (readonly [string, T])[];

function panel(drawing: Drawing, measures: Named<Measure>, peers: Named<Peer>): void {
  const [, first] = measures[0] ?? [];
  if (first === undefined) return;
  const less = first.better === 'lower' ? 'less is better' : '';
  const about = [first.unit, less].filter(Boolean).join(', ');
  drawing.panel(`${first.panel}${about === '' ? '' : ` (${about})`}`);
  const all = measures.flatMap(([id]) => peers.flatMap(([, { figures }]) => figures[id]?.median ?? []));
  const longest = Math.max(Number.MIN_VALUE, ...all);
  for (const [id, { label }] of measures) {
    const bars = peers.flatMap(([, { figures }], colour) => {
      const value = figures[id]?.median;
      return value === undefined ? [] : [{ colour, share: value / longest, text: figureText(value) }];
    });
    drawing.row(label, bars, remarks(id, peers));
  }
}

/** Who has no figure, and why; those with the same reason together. */
function remarks(id: string, peers: Named<Peer>): string[] {
  const without = peers.flatMap(([name, { missing }]) => {
    const why = missing[id];
    return why === undefined ? [] : [{ name, why }];
  });
  const byReason = Map.groupBy(without, ({ why }) => why);
  return Array.from(byReason, ([why, those]) => `${those.map(({ name }) => name).join(', ')}: ${why}`);
}

interface Bar {
  readonly colour: number;
  /** 0 to 1 of the longest. */
  readonly share: number;
  readonly text: string;
}

/** Draws from above to below. */
class Drawing {
  readonly #parts: string[] = [];
  #y = 0;

  title(text: string): void {
    this.#y += 26;
    this.#text(MARGIN, text, 'font-size="17" font-weight="bold"');
  }

  legend(names: readonly string[]): void {
    this.#y += LINE + 4;
    const step = (WIDTH - MARGIN) / Math.max(1, names.length);
    for (const [index, name] of names.entries()) {
      this.#rect(MARGIN + index * step, this.#y - 10, BAR.height, index);
      this.#text(MARGIN + index * step + 18, name);
    }
  }

  panel(text: string): void {
    this.#y += PANEL_GAP + 4;
    this.#text(MARGIN, text, 'font-weight="bold"');
    this.#y += 8;
  }

  row(label: string, bars: readonly Bar[], below: readonly string[]): void {
    this.#text(LABELS - 10, label, 'text-anchor="end"', this.#y + BAR.step);
    for (const { colour, share, text } of bars) {
      this.#y += BAR.step;
      const width = Math.max(1, share * BARS);
      this.#rect(LABELS, this.#y - 10, width, colour);
      this.#text(LABELS + width + 6, text);
    }
    for (const text of below) {
      this.#y += BAR.step;
      this.#text(LABELS, text, 'font-style="italic" font-size="11"');
    }
    this.#y += ROW_GAP;
  }

  note(text: string): void {
    this.#y += LINE;
    this.#text(MARGIN, text, 'font-size="11"');
  }

  text(): string {
    const height = this.#y + 12;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
    const style = `font-family="system-ui, sans-serif" font-size="13" fill="${INK}"`;
    return [`${open} ${style}>`, ...this.#parts, '</svg>', ''].join('\n');
  }

  #rect(x: number, y: number, width: number, colour: number): void {
    const fill = COLOURS[colour % COLOURS.length];
    this.#parts.push(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${BAR.height}" fill="${fill}"/>`,
    );
  }

  #text(x: number, text: string, more = '', y = this.#y): void {
    this.#parts.push(`<text x="${short(x)}" y="${short(y)}"${more === '' ? '' : ` ${more}`}>${escaped(text)}</text>`);
  }
}

const short = (pixels: number): string => String(Math.round(pixels * 10) / 10);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? '');
