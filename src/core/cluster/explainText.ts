import type { Explained } from './explain.ts';
import type { Place } from './places.ts';

/** What is in force for a host as a person reads it: a value a line, and where it comes from. */
export function explainText(file: string, explained: readonly Explained[]): string {
  const rows = explained.map((one) => [one.key, one.value, sourceOf(file, one)] as const);
  const widths = [0, 1].map((column) => Math.min(40, Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))));
  return rows
    .map(([key, value, source]) => `${key.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${source}\n`)
    .join('');
}

function sourceOf(file: string, { at, over, rule }: Explained): string {
  const place = at === null ? 'pxen' : placeText({ file, ...at });
  const before = over.length === 0 ? '' : `, before ${over.map((place) => placeText(place)).join(', ')}`;
  return `${place}${before}${rule === null ? '' : `; ${rule}`}`;
}

/** In the file itself the line is enough. */
const placeText = ({ file, line, column }: Omit<Place, 'exact'>): string =>
  file === undefined ? `${line}:${column}` : `${file}:${line}:${column}`;
