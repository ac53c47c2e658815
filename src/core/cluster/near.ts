/** The candidate that `word` was probably meant to be; undefined where none is near enough to suggest. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const near = candidates
    .map((candidate) => ({ candidate, distance: distance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.min(candidate.length, 12) / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** The edit distance in which swapping two neighbours counts as one edit (optimal string alignment). */
export function distance(a: string, b: string): number {
  const first = Array.from({ length: b.length + 1 }, (_, column) => column);
  const rows: number[][] = [first];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cheapest(rows, row, a, b, i, j));
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

function cheapest(rows: readonly number[][], row: readonly number[], a: string, b: string, i: number, j: number) {
  const cell = (line: number, column: number): number => rows[line]?.[column] ?? Infinity;
  const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : Infinity;
  const change = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
  return Math.min(cell(i - 1, j) + 1, (row[j - 1] ?? Infinity) + 1, change, swap);
}
