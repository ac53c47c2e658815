/** The middle of the values, or of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The smallest value that at least `share` (0 to 1) of all are not above; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Three digits that count: what a measurement on a shared machine can honestly claim. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** A figure as a person reads it: `8,120`, `0.87`. */
export function figureText(value: number): string {
  const [whole = '', part] = String(rounded(value)).split('.');
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...(part === undefined ? [] : [part])].join('.');
}
