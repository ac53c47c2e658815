import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../shell/run.ts';
import { makeSshKey } from '../../shell/sshKey.ts';
import { DecodeError } from '../net/bytes.ts';
import { fingerprint, fingerprintOfLine, publicLine, readPrivateKey, writePrivateKey } from './hostKey.ts';

const folder = await mkdtemp(join(tmpdir(), 'pxen-ssh-'));
const found = await run(['/bin/sh', '-c', 'command -v ssh-keygen'], { accept: [0, 1, 127] });
const skip = found.code !== 0 && 'no ssh-keygen';
after(() => rm(folder, { recursive: true, force: true }));

test('a key is written and read again, whatever its comment; the same key gives the same file', () => {
  const key = makeSshKey();
  for (const comment of ['', 'a', 'root@ada', 'ünï', 'x'.repeat(200)]) {
    const text = writePrivateKey(key, comment);
    const { comment: back, seed, publicKey } = readPrivateKey(text);
    assert.equal(back, comment);
    assert.deepEqual([Buffer.from(seed), Buffer.from(publicKey)], [key.seed, key.publicKey]);
    assert.equal(writePrivateKey(key, comment), text);
  }
});

test('ssh-keygen reads what is written here, and shows the same public key and fingerprint', { skip }, async () => {
  const key = makeSshKey();
  const file = join(folder, 'key');
  await writeFile(file, writePrivateKey(key, 'root@ada'));
  await chmod(file, 0o600);
  const { stdout } = await run(['ssh-keygen', '-y', '-P', '', '-f', file]);
  assert.equal(stdout.trim(), publicLine(key, 'root@ada'));
  const listed = await run(['ssh-keygen', '-l', '-f', file]);
  assert.equal(listed.stdout.trim(), `256 ${fingerprint(key)} root@ada (ED25519)`);
  assert.equal(fingerprintOfLine(publicLine(key, '')), fingerprint(key));
});

test('what ssh-keygen writes is read here', { skip }, async () => {
  const file = join(folder, 'made');
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'somebody', '-f', file]);
  const key = readPrivateKey(await readFile(file, 'utf8'));
  assert.equal(publicLine(key, key.comment), (await readFile(`${file}.pub`, 'utf8')).trim());
  const locked = join(folder, 'locked');
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'secret', '-f', locked]);
  assert.throws(() => readPrivateKey(''), DecodeError);
  await assert.rejects(async () => readPrivateKey(await readFile(locked, 'utf8')), /its cipher is/);
});

test('a key that is damaged anywhere is no key', () => {
  const lines = writePrivateKey(makeSshKey(), 'c').split('\n');
  const bytes = Buffer.from(lines.slice(1, -2).join(''), 'base64');
  const withBytes = (part: Uint8Array): string =>
    [lines[0], Buffer.from(part).toString('base64'), ...lines.slice(-2)].join('\n');
  for (let length = 0; length < bytes.length; length += 1)
    assert.throws(() => readPrivateKey(withBytes(bytes.subarray(0, length))), DecodeError);
  assert.throws(() => readPrivateKey(withBytes(Buffer.concat([bytes, Buffer.of(9)]))), /left over/);
  for (let at = 0; at < bytes.length; at += 1) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 1;
    try {
      // What is left is the seed or the comment: neither is said twice.
      const read = readPrivateKey(withBytes(other));
      assert.ok(read.comment !== 'c' || writePrivateKey(read, 'c') !== lines.join('\n'), `byte ${at}`);
    } catch (error) {
      assert.ok(error instanceof DecodeError, `byte ${at}: ${String(error)}`);
    }
  }
});

test('a line of a public key that is none has no fingerprint', () => {
  for (const line of ['', 'ssh-ed25519', 'ssh-ed25519 !', 'rsa AAAA', 'ssh-ed25519 A'])
    assert.equal(fingerprintOfLine(line), undefined, line);
});
