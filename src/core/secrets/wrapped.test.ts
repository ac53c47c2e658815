import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { cipher } from '../../shell/wrapping.ts';
import { DecodeError } from '../net/bytes.ts';
import { keyringText, parseKeyring } from './keyring.ts';
import { keysFor, openSecrets } from './open.ts';
import type { SecretsFile } from './read.ts';
import { Secret } from './secret.ts';
import { makeLock, openLock, readWrapped, unwrap, wrap, writeWrapped, type Wrapped } from './wrapped.ts';

const ROOT = { cluster: 'lab', name: 'root' };
const lock = makeLock('correct horse', cipher);
const wrapped = wrap(new Secret('the value'), ROOT, lock, cipher);
const text = writeWrapped(wrapped);

test('a wrapped value is read as it was written, and opens', () => {
  assert.equal(writeWrapped(readWrapped(text)), text);
  const again = openLock(readWrapped(text).lock, 'correct horse', cipher);
  assert.ok(again !== undefined);
  assert.equal(unwrap(readWrapped(text), ROOT, again.key, cipher)?.reveal(), 'the value');
});

test('a wrong passphrase opens nothing', () => assert.equal(openLock(lock.lock, 'correct hors', cipher), undefined));

test('an accented letter is the same however the keyboard makes it', () => {
  const made = makeLock('caf\u00E9', cipher);
  assert.ok(openLock(made.lock, 'cafe\u0301', cipher) !== undefined);
});

test('a value moved to another name or another cluster does not open', () => {
  assert.equal(unwrap(wrapped, { ...ROOT, name: 'bob' }, lock.key, cipher), undefined);
  assert.equal(unwrap(wrapped, { ...ROOT, cluster: 'other' }, lock.key, cipher), undefined);
});

test('one character changed anywhere is damage, and is told from a wrong passphrase', () => {
  for (let at = 0; at < text.length; at += 1) {
    const other = text[at] === 'A' ? 'B' : 'A';
    assert.throws(() => readWrapped(text.slice(0, at) + other + text.slice(at + 1)), DecodeError, `at ${at}`);
  }
});

test('a value that is cut short, or longer, is refused', () => {
  for (let end = 0; end < text.length; end += 1) assert.throws(() => readWrapped(text.slice(0, end)), DecodeError);
  assert.throws(() => readWrapped(`${text}0`), DecodeError);
});

test('a value that asks for more memory than a host has is refused unread', () => {
  const greedy = writeWrapped({ ...wrapped, lock: { ...wrapped.lock, ln: 24 } });
  assert.throws(() => readWrapped(greedy), /too much/);
});

test('what is wrapped waits for its passphrase; all else is open, and each says why it is not', () => {
  const moved = wrap(new Secret('x'), { ...ROOT, name: 'elsewhere' }, lock, cipher);
  const file: SecretsFile = new Map<string, Secret | Wrapped>([
    ['plain', new Secret('p')],
    ['root', wrapped],
    ['moved', moved],
  ]);
  const shut = openSecrets(file, 'lab', new Map(), cipher);
  assert.deepEqual(
    [...shut].map(([name, entry]) => [name, 'value' in entry]),
    [
      ['plain', true],
      ['root', false],
      ['moved', false],
    ],
  );
  assert.equal(keysFor(file, 'wrong', cipher).size, 0);
  const open = openSecrets(file, 'lab', keysFor(file, 'correct horse', cipher), cipher);
  const root = open.get('root');
  assert.ok(root !== undefined && 'value' in root && root.value.reveal() === 'the value');
  const elsewhere = open.get('moved');
  assert.ok(elsewhere !== undefined && 'missing' in elsewhere);
  assert.match(elsewhere.missing, /another name/);
});

test('the keys that are kept in RAM are read as they were written; what is torn opens nothing', () => {
  const keys = keysFor(new Map([['root', wrapped]]), 'correct horse', cipher);
  const kept = keyringText(keys);
  assert.deepEqual(
    [...parseKeyring(kept)].map(([id, key]) => [id, [...key]]),
    [...keys].map(([id, key]) => [id, [...key]]),
  );
  for (let end = 0; end < kept.length; end += 1) assert.equal(parseKeyring(kept.slice(0, end)).size, 0);
});

test('a secret shows itself nowhere', () => {
  const secret = new Secret('MARKED');
  const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { depth: 9, showHidden: true })];
  for (const one of shown) {
    assert.match(one, /\[secret\]/);
    assert.doesNotMatch(one, /MARKED/);
  }
  assert.deepEqual(Object.values(secret), []);
});
