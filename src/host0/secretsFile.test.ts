import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { keyringText } from '../core/secrets/keyring.ts';
import { keysFor } from '../core/secrets/open.ts';
import { parseSecrets } from '../core/secrets/read.ts';
import { Secret } from '../core/secrets/secret.ts';
import { makeLock, wrap, writeWrapped } from '../core/secrets/wrapped.ts';
import { FakeLog } from '../shell/fake/log.ts';
import type { Files } from '../shell/files.ts';
import { cipher } from '../shell/wrapping.ts';
import { SecretsInForce } from './secretsFile.ts';

const lab = cluster({ access: { operatorToken: { secret: 'operator' } } });

/** The root of a drive whose files the test changes, and the keys that were left in RAM. */
function drive(texts: Record<string, string>) {
  const held = new Map(Object.entries(texts));
  const log = new FakeLog();
  let unlocked: string | undefined;
  const files: Pick<Files, 'list' | 'bytes'> = {
    list: async () => [...held.keys()],
    bytes: async (path) => {
      const text = held.get(path);
      if (text === undefined) throw new Error(`${path}: input/output error`);
      return Buffer.from(text, text.startsWith('\u00FF') ? 'latin1' : 'utf8');
    },
  };
  const secrets = new SecretsInForce({ files, cluster: () => lab, unlocked: async () => unlocked, log });
  const valueOf = (name: string): string | undefined => {
    const entry = secrets.current().get(name);
    return entry !== undefined && 'value' in entry ? entry.value.reveal() : undefined;
  };
  return { held, log, secrets, valueOf, unlock: (text: string | undefined) => (unlocked = text) };
}

const TOKEN = 'MARKED-0123456789abcdef';
const WITH = `version: 1\nsecrets:\n  operator: ${TOKEN}\n`;

test('secrets.yaml is in force as it stands, and again when it changes', async () => {
  const { held, secrets, valueOf } = drive({ 'cluster.yaml': '', 'secrets.yaml': WITH });
  await secrets.check();
  assert.equal(valueOf('operator'), TOKEN);
  assert.deepEqual(secrets.warnings(), []);
  held.set('secrets.yaml', WITH.replace('MARKED', 'OTHER'));
  await secrets.check();
  assert.equal(valueOf('operator'), TOKEN.replace('MARKED', 'OTHER'));
});

test('as editors leave it: upper case, another ending, BOM and CRLF', async () => {
  for (const name of ['SECRETS.YAML', 'secrets.yaml.txt']) {
    const { secrets, valueOf } = drive({ [name]: `\uFEFF${WITH.replaceAll('\n', '\r\n')}` });
    await secrets.check();
    assert.equal(valueOf('operator'), TOKEN, name);
  }
});

test('with a mistake, or not in UTF-8, the version before stays in force; that is said once, and without a value', async () => {
  for (const broken of ['version: 1\nsecrets:\n  operator: [MARKED2\n', '\u00FFMARKED2']) {
    const { held, log, secrets, valueOf } = drive({ 'secrets.yaml': WITH });
    await secrets.check();
    held.set('secrets.yaml', broken);
    await secrets.check();
    await secrets.check();
    assert.equal(valueOf('operator'), TOKEN);
    assert.equal(log.of('SECRETS_FILE').length, 1);
    assert.match(secrets.warnings().join(), /version before is in force/);
    assert.doesNotMatch(secrets.warnings().join() + JSON.stringify(log.said), /MARKED/);
  }
});

test('one that is away for a moment stays in force; one that is gone is gone', async () => {
  const { held, secrets, valueOf } = drive({ 'secrets.yaml': WITH });
  await secrets.check();
  held.delete('secrets.yaml');
  await secrets.check();
  assert.equal(valueOf('operator'), TOKEN);
  await secrets.check();
  assert.equal(valueOf('operator'), undefined);
  assert.deepEqual(secrets.warnings(), ['secrets.yaml has no entry operator']);
});

test('what is wrapped waits for pxen secrets unlock, loudly, and is shut again by pxen secrets lock', async () => {
  const lock = makeLock('correct horse', cipher);
  const box = writeWrapped(wrap(new Secret(TOKEN), { cluster: 'lab', name: 'operator' }, lock, cipher));
  const text = `version: 1\nsecrets:\n  operator: { wrapped: "${box}" }\n  other: x\n`;
  const { log, secrets, valueOf, unlock } = drive({ 'secrets.yaml': text });
  await secrets.check();
  assert.deepEqual([valueOf('operator'), valueOf('other')], [undefined, 'x']);
  assert.match(secrets.warnings().join(), /operator is wrapped; pxen secrets unlock on host0 opens it/);
  assert.equal(log.of('SECRETS_SHUT').length, 1);
  const reading = parseSecrets(text, 'f');
  assert.ok('secrets' in reading);
  unlock(keyringText(keysFor(reading.secrets, 'correct horse', cipher)));
  await secrets.check();
  assert.equal(valueOf('operator'), TOKEN);
  assert.deepEqual(secrets.warnings(), []);
  unlock(undefined);
  await secrets.check();
  assert.equal(valueOf('operator'), undefined);
});
