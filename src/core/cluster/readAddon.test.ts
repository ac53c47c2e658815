import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { addonJsonSchema } from './jsonSchema.ts';
import { mistakesText } from './mistake.ts';
import { missingAddon, parseAddon } from './readAddon.ts';

const VECTORS = new URL('../../../test/vectors/addon/', import.meta.url);
const PUBLISHED = new URL('../../../docs/schema/addon.json', import.meta.url);

function vectors(kind: string): URL[] {
  const folder = new URL(`${kind}/`, VECTORS);
  return readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [new URL(name, folder)] : []));
}

/** What a person is shown for a file, or undefined where it is right. */
function shown(url: URL): string | undefined {
  const reading = parseAddon(readFileSync(url, 'utf8'), 'addons/it/addon.yaml');
  return 'mistakes' in reading ? mistakesText(reading.mistakes) : undefined;
}

for (const url of vectors('valid')) {
  test(`valid add-on: ${basename(url.pathname)}`, () => assert.equal(shown(url), undefined));
}

for (const url of vectors('invalid')) {
  test(`invalid add-on: ${basename(url.pathname)}`, () => {
    const golden = new URL(url.href.replace(/yaml$/, 'txt'));
    const text = shown(url);
    if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(golden, text ?? '');
    assert.ok(text !== undefined, 'was accepted');
    assert.equal(text, readFileSync(golden, 'utf8'));
  });
}

test('any prefix of an add-on is read or refused with a place, never thrown', () => {
  for (const url of [...vectors('valid'), ...vectors('invalid')]) {
    const text = readFileSync(url, 'utf8');
    for (let end = 0; end < text.length; end += 3) {
      const reading = parseAddon(text.slice(0, end), 'f');
      assert.ok('addon' in reading || reading.mistakes.length > 0);
    }
  }
});

test('docs/schema/addon.json is what the schema says (PXEN_GOLDEN=write rewrites it)', () => {
  const text = `${JSON.stringify(addonJsonSchema(), undefined, 2)}\n`;
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(PUBLISHED, text);
  assert.equal(readFileSync(PUBLISHED, 'utf8'), text);
});

test('an add-on that is missing has its place in cluster.yaml, and the folder that may be meant', () => {
  const text = '\uFEFFversion: 1\r\ncluster: { name: lab }\r\naddons:\r\n  routr: {}\r\n';
  const told = (folders: readonly string[]): string =>
    mistakesText([missingAddon(text, 'cluster.yaml', 'routr', folders)]);
  assert.equal(
    told(['other', 'router']),
    `cluster.yaml:4:3: there is no addons/routr/addon.yaml beside cluster.yaml
    4 |   routr: {}
      |   ^^^^^
      = Did you mean \`router\`?
`,
  );
  assert.match(told([]), /= Put it there, or write `enabled: false`\./);
  assert.match(told(['routr']), /= Put it there/, 'the folder is there, and its file is not');
});
