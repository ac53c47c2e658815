const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Bytes of a size as people write it: `256MiB`, `1.5 GiB`, `500MB`. Undefined where the unit is missing or unknown. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const factor = UNITS[unit];
  return digits === '' || factor === undefined ? undefined : Math.round(Number(digits) * factor);
}

/** A size for people, in the largest unit that leaves at least one whole. */
export function sizeText(bytes: number): string {
  const [unit, factor] = (
    [
      ['TiB', 2 ** 40],
      ['GiB', 2 ** 30],
      ['MiB', 2 ** 20],
      ['KiB', 2 ** 10],
    ] as const
  ).find(([, factor]) => bytes >= factor) ?? ['B', 1];
  return `${Number((bytes / factor).toFixed(1))} ${unit}`;
}
