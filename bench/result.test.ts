import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { plot } from './plot.ts';
import { benchJsonSchema, benchResult, type BenchResult } from './result.ts';
import { readmeTable, resultText } from './table.ts';

const PUBLISHED = new URL('../docs/schema/bench.json', import.meta.url);

const wanted = { group: 'rate & more, pxen / kea', title: 'rate & more, pxen / kea', least: 1 };
const RESULT: BenchResult = {
  schema: 'pxen.bench/1',
  bench: 'dhcp',
  quick: true,
  machine: {
    processor: 'A <fast> one',
    processors: 2,
    memory: 1,
    kernel: '6',
    system: 'D',
    node: 'v24',
    loadBefore: 0,
  },
  notes: [],
  measures: {
    rate: { panel: 'Rate', label: 'a < b & "c"', unit: '1/s', better: 'higher' },
    time: { panel: 'Time', label: 'median', unit: 'ms', better: 'lower' },
  },
  peers: {
    pxen: { version: '1', figures: { rate: { median: 5000, rounds: [5000] } }, missing: { time: 'gave no figure' } },
    kea: { version: '2', figures: { rate: { median: 4000, rounds: [4000] } }, missing: { time: 'gave no figure' } },
  },
  ratio: { rate: { ...wanted, value: 1.25, met: true } },
  limit: {
    a: { group: 'shares', title: 'share a', value: 0.9, least: 0.95, met: false },
    b: { group: 'shares', title: 'share b', value: 0.96, least: 0.95, met: true },
  },
};

test('docs/schema/bench.json is the schema of the code (PXEN_GOLDEN=write rewrites it)', () => {
  const text = `${JSON.stringify(benchJsonSchema(), undefined, 2)}\n`;
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(PUBLISHED, text);
  assert.equal(readFileSync(PUBLISHED, 'utf8'), text);
});

test('takes a whole result, and refuses one with more or less in it', () => {
  assert.deepEqual(benchResult.parse(RESULT), RESULT);
  assert.equal(benchResult.safeParse({ ...RESULT, more: 1 }).success, false);
  assert.equal(benchResult.safeParse({ ...RESULT, peers: undefined }).success, false);
});

/** Names of the elements that are open at the end, or a complaint: the drawing has no comments and no CDATA. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  const rest = xml.replaceAll(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g,
    (_, closes, name, _attributes, empty) => {
      if (closes === '/') assert.equal(open.pop(), name);
      else if (empty === '') open.push(String(name));
      return '';
    },
  );
  assert.doesNotMatch(rest, /[<>]|&(?!(?:amp|lt|gt|quot);)/);
  return open;
}

test('the drawing is well-formed, whatever stands in the labels', () => {
  const svg = plot(RESULT);
  assert.deepEqual(openElements(svg), []);
  assert.ok(svg.includes('a &lt; b &amp; &quot;c&quot;'));
});

test('the longest bar is that of the highest figure, the others in proportion', () => {
  const widths = Array.from(plot(RESULT).matchAll(/<rect [^>]*width="([\d.]+)"/g), ([, width]) => Number(width));
  // The first two belong to the legend.
  assert.deepEqual(widths.slice(2), [420, 336]);
});

test('who has no figure is named once, with the reason', () => {
  assert.ok(plot(RESULT).includes('pxen, kea: gave no figure'));
});

test('the table tells a group in one row, and that a quick run claims nothing', () => {
  const table = readmeTable([RESULT]);
  assert.ok(table.includes('| DHCP | rate & more, pxen / kea | 1.25 | at least 1 | yes |'));
  assert.ok(table.includes('| DHCP | shares | 0.9 to 0.96 | at least 0.95 | 1 of 2 |'));
  assert.ok(table.includes('claims nothing'));
});

test('the terminal is told every goal, and which ones are missed', () => {
  const text = resultText(RESULT);
  assert.match(text, /^share a +0\.9 {2}at least 0\.95: MISSED$/m);
  assert.match(text, /^dhcp: 2 of 3 goals met in a quick run/m);
});
