import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../src/shell/fail.ts';
import { checkDrive, checkHosts, checkRoom, roomHere } from './checks.ts';

const GIB = 2 ** 30;
const says = (pattern: RegExp, exit: 1 | 2) => (error: unknown) => {
  assert.ok(error instanceof Failure);
  assert.match(error.message, pattern);
  assert.notEqual(error.remedy, '');
  return error.exit === exit;
};

test('a drive image that is missing, truncated or none at all is refused', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-checks-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'drive.img');
  await assert.rejects(checkDrive({ path, bytes: 1024 }), says(/cannot be read/, 2));
  await assert.rejects(checkDrive({ path: folder, bytes: 1024 }), says(/is no file/, 2));
  const image = Buffer.alloc(1024);
  writeFileSync(path, image);
  await assert.rejects(checkDrive({ path, bytes: 2048 }), says(/1024 bytes instead of 2048: it is truncated/, 2));
  await assert.rejects(checkDrive({ path, bytes: 1024 }), says(/boot sector/, 2));
  image.set([0x55, 0xaa], 510);
  writeFileSync(path, image);
  await checkDrive({ path, bytes: 1024 });
});

test('a rack that does not fit is refused, and says how much it needs', () => {
  checkRoom({ disk: 10 * GIB, memory: 10 * GIB }, 3, GIB, '/rack');
  assert.throws(
    () => checkRoom({ disk: GIB, memory: 10 * GIB }, 3, GIB, '/rack'),
    says(/needs 2.2 GiB in \/rack, where 1.0 GiB/, 1),
  );
  assert.throws(
    () => checkRoom({ disk: 10 * GIB, memory: 2 * GIB }, 1, GIB, '/rack'),
    says(/1 machine needs 2.3 GiB of memory/, 1),
  );
});

test('the room of this machine can be read', async () => {
  const room = await roomHere(tmpdir());
  assert.ok(room.disk > 0 && room.memory > 0);
});

test('a rack has at least one machine and no more than the switch has ports', () => {
  for (const hosts of [1, 30]) checkHosts(hosts);
  for (const hosts of [0, 31, 1.5, Number.NaN]) assert.throws(() => checkHosts(hosts), says(/cannot be built/, 2));
});
