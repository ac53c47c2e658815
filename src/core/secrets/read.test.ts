import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { mistakesText } from '../cluster/mistake.ts';
import { cipher } from '../../shell/wrapping.ts';
import { parseSecrets } from './read.ts';
import { secretsJsonSchema, secretsSchema } from './schema.ts';
import { Secret } from './secret.ts';
import { makeLock, wrap, writeWrapped } from './wrapped.ts';

const PUBLISHED = new URL('../../../docs/schema/secrets.json', import.meta.url);

test('docs/schema/secrets.json is what the schema says (PXEN_GOLDEN=write rewrites it)', () => {
  const text = `${JSON.stringify(secretsJsonSchema(), undefined, 2)}\n`;
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(PUBLISHED, text);
  assert.equal(readFileSync(PUBLISHED, 'utf8'), text);
});

const said = (text: string): string => {
  const reading = parseSecrets(text, 'secrets.yaml');
  return 'mistakes' in reading ? mistakesText(reading.mistakes) : '';
};

const lock = makeLock('correct horse', cipher);
const box = writeWrapped(wrap(new Secret('MARKED'), { cluster: 'lab', name: 'root' }, lock, cipher));

const valid: readonly (readonly [what: string, text: string, names: readonly string[]])[] = [
  [
    'values in every style',
    `version: 1\nsecrets:\n  a: "x: y"\n  b: plain\n  c: |\n    two\n    lines\n`,
    ['a', 'b', 'c'],
  ],
  ['BOM and CRLF', '\uFEFFversion: 1\r\nsecrets:\r\n  a: "x"\r\n', ['a']],
  ['no secrets', 'version: 1\n', []],
  ['nothing below `secrets:`', 'version: 1\nsecrets:\n', []],
  ['a wrapped one', `version: 1\nsecrets:\n  root: { wrapped: "${box}" }\n`, ['root']],
];

for (const [what, text, names] of valid) {
  test(`secrets.yaml with ${what} is right`, () => {
    const reading = parseSecrets(text, 'secrets.yaml');
    assert.ok('secrets' in reading, said(text));
    assert.deepEqual([...reading.secrets.keys()], names);
  });
}

test('a text keeps its line ends as YAML has them', () => {
  const reading = parseSecrets('version: 1\nsecrets:\n  c: |\n    two\n    lines\n', 'f');
  const value = 'secrets' in reading ? reading.secrets.get('c') : undefined;
  assert.ok(value instanceof Secret);
  assert.equal(value.reveal(), 'two\nlines\n');
});

/** Every value in these is marked, so that one that shows is seen. */
const invalid: readonly (readonly [text: string, mistakes: readonly string[]])[] = [
  ['', ['1:1: the file is empty']],
  ['MARKED', ['1:1: the file is no mapping']],
  ['secrets:\n  a: "MARKED"\n', ['1:1: the key `version` is missing']],
  ['version: 2\nsecrets: {}\n', ['1:10: `version` is not 1, which this pxen reads']],
  ['version: 1\nsecret:\n  a: "MARKED"\n', ['2:1: there is no key `secret` here']],
  ['version: 1\nMARKED/x+y: 3\n', ['2:1: there is no such key here']],
  ['version: 1\nsecrets: [MARKED]\n', ['2:10: `secrets` must be a mapping']],
  ['version: 1\nsecrets:\n  A_MARKED: "x"\n', ['3:3: the name of a secret has a character that none may have']],
  ['version: 1\nsecrets:\n  a: 1234\n', ['3:6: `a` is read as a number or a truth value']],
  ['version: 1\nsecrets:\n  a: true\n  b:\n  c: ""\n', ['3:6: `a` is read', '4:5: `b` is empty', '5:6: `c` is empty']],
  ['version: 1\nsecrets:\n  a: [MARKED]\n', ['3:6: `a` is no text']],
  ['version: 1\nsecrets:\n  a: {MARKED}\n', ['3:3: `a` is a mapping']],
  ['version: 1\nsecrets:\n  a: { wrapped: 3, MARKED: 4 }\n', ['3:3: `a` is a mapping']],
  ['version: 1\nsecrets:\n  a: { wrapped: "MARKED" }\n', ['3:17: `a` cannot be opened: it is not of the form']],
  [
    `version: 1\nsecrets:\n  a: { wrapped: "${box.replace('ln=16', 'ln=15')}" }\n`,
    ['`a` cannot be opened: it is damaged'],
  ],
  ['version: 1\nsecrets:\n  a: *MARKED\n', ['3:6: `a` is no text']],
  ['version: 1\nsecrets:\n  a: "MARKED\n', ['this is no YAML (MISSING_CHAR)']],
  ['version: 1\nsecrets:\n  a: MARKED: MARKED\n', ['this is no YAML']],
  ['version: 1\nsecrets:\n  a: @MARKED\n', ['this is no YAML']],
  ['version: 1\nsecrets:\n  a: !MARKED x\n', ['this is no YAML']],
  ['version: 1\nsecrets:\n  a: "x"\n  a: "MARKED"\n', ['4:3: this name stands twice']],
  ['['.repeat(200_000), ['1:']],
];

for (const [text, mistakes] of invalid) {
  test(`secrets.yaml ${JSON.stringify(text.slice(0, 60))}: ${mistakes.join('; ').slice(0, 80)}`, () => {
    const shown = said(text);
    assert.notEqual(shown, '');
    assert.doesNotMatch(shown, /MARKED/);
    for (const mistake of mistakes) assert.ok(shown.includes(mistake), shown);
  });
}

test('what the reader takes and what the schema takes is the same', () => {
  const samples: readonly (readonly [data: unknown, isRight: boolean])[] = [
    [{ version: 1, secrets: { a: 'x', b: { wrapped: box } } }, true],
    [{ version: 1 }, true],
    [{ version: 2 }, false],
    [{ version: 1, secrets: { a: '' } }, false],
    [{ version: 1, secrets: { A: 'x' } }, false],
    [{ version: 1, secrets: { a: 3 } }, false],
    [{ version: 1, secret: {} }, false],
  ];
  for (const [data, isRight] of samples) {
    assert.equal(secretsSchema.safeParse(data).success, isRight);
    assert.equal('secrets' in parseSecrets(JSON.stringify(data), 'f'), isRight, JSON.stringify(data));
  }
});

test('any prefix of a right file is read or refused with a place, and never shows a value', () => {
  const text = `version: 1\nsecrets:\n  a: "MARKED"\n  b: |\n    MARKED\n  root: { wrapped: "${box}" }\n`;
  for (let end = 0; end < text.length; end += 1) assert.doesNotMatch(said(text.slice(0, end)), /MARKED/);
});
