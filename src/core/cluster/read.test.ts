import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { mistakesText } from './mistake.ts';
import { parseCluster } from './read.ts';

const VECTORS = new URL('../../../test/vectors/cluster/', import.meta.url);

function vectors(kind: string): URL[] {
  const folder = new URL(`${kind}/`, VECTORS);
  return readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [new URL(name, folder)] : []));
}

const textOf = (url: URL): string => readFileSync(url, 'utf8');

/** What a person is shown for a file, or undefined where it is right. */
function shown(url: URL): string | undefined {
  const reading = parseCluster(textOf(url), 'cluster.yaml');
  return 'mistakes' in reading ? mistakesText(reading.mistakes) : undefined;
}

test('there are as many vectors as promised', () => {
  assert.ok(vectors('valid').length >= 20);
  assert.ok(vectors('invalid').length >= 60);
});

for (const url of vectors('valid')) {
  test(`valid: ${basename(url.pathname)}`, () => assert.equal(shown(url), undefined));
}

for (const url of vectors('invalid')) {
  test(`invalid: ${basename(url.pathname)}`, () => {
    const golden = new URL(url.href.replace(/yaml$/, 'txt'));
    const text = shown(url);
    if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(golden, text ?? '');
    assert.ok(text !== undefined, 'was accepted');
    assert.equal(text, textOf(golden));
  });
}

test('defaults are filled in and values come in their normal form', () => {
  const reading = parseCluster(textOf(new URL('valid/mac-forms.yaml', VECTORS)), 'cluster.yaml');
  assert.ok('cluster' in reading);
  assert.deepEqual(
    reading.cluster.hosts.map((host) => host.mac),
    ['52:54:00:ab:cd:01', '52:54:00:ab:cd:02', '52:54:00:00:00:03'],
  );
  assert.deepEqual(reading.cluster.access, { sshKeys: [], accounts: [] });
});

test('a size becomes bytes', () => {
  const reading = parseCluster(textOf(new URL('valid/sizes.yaml', VECTORS)), 'cluster.yaml');
  assert.ok('cluster' in reading);
  assert.equal(reading.cluster.vms[0]?.memory, 1.5 * 2 ** 30);
});

const sentence = (text: string): string | undefined => {
  const reading = parseCluster(text, 'f');
  return 'mistakes' in reading ? reading.mistakes[0]?.what : undefined;
};

test('a file that is far too long is refused unread', () => {
  assert.equal(sentence(`version: 1\n#${'x'.repeat(1_000_000)}`), 'the file is longer than a million characters');
});

test('endless nesting is refused, not followed', () => {
  assert.equal(sentence('['.repeat(200_000)), 'the file is nested too deeply');
  assert.equal(sentence('- '.repeat(200_000)), 'the file is nested too deeply');
});

test('an alias of itself ends', () => {
  assert.ok(sentence('version: 1\ncluster: &a { name: *a }\n') !== undefined);
});

test('any prefix of a right file is read or refused with a place, never thrown', () => {
  for (const url of [...vectors('valid'), ...vectors('invalid')]) {
    const text = textOf(url);
    for (let end = 0; end < text.length; end += 3) {
      const reading = parseCluster(text.slice(0, end), 'f');
      assert.ok('cluster' in reading || reading.mistakes.length > 0);
    }
  }
});
