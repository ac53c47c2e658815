import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeArchive, folderFor, freshCache, packageOf } from '../../test/fixtures/archive.ts';
import { packagesOf, type Lock } from '../core/image/lock.ts';
import { Failure } from '../shell/fail.ts';
import { fetchDebs, GoneError } from './debs.ts';
import { readLock } from './lock.ts';
import { withLock } from './obtain.ts';

const quiet = (): void => undefined;
const offer = (...archives: ReturnType<typeof fakeArchive>[]) => archives.map((archive) => async () => archive);
const never = async (): Promise<never> => assert.fail('no archive must be asked');

test('packages come from the mirror, then from the cache', async (t) => {
  await freshCache(t);
  const mirror = fakeArchive({ a: '1', b: '1' });
  const wanted = [packageOf('a', '1'), packageOf('b', '1')];
  await fetchDebs(wanted, quiet, offer(mirror));
  assert.deepEqual(mirror.fetched, ['a 1', 'b 1']);
  await fetchDebs(wanted, quiet, [never]);
});

test('what the mirror has no longer comes from the snapshot archive', async (t) => {
  await freshCache(t);
  const [mirror, snapshot] = [fakeArchive({ a: '2', b: '1' }), fakeArchive({ a: '1' })];
  await fetchDebs([packageOf('a', '1'), packageOf('b', '1')], quiet, offer(mirror, snapshot));
  assert.deepEqual([mirror.fetched, snapshot.fetched], [['b 1'], ['a 1']]);
});

test('what nobody has is named', async (t) => {
  await freshCache(t);
  const fetching = fetchDebs([packageOf('a', '1'), packageOf('b', '1')], quiet, offer(fakeArchive({ b: '1' })));
  await assert.rejects(fetching, (error) => error instanceof GoneError && error.message.endsWith('no longer has a 1'));
});

test('other bytes than the lock asks for are refused, not used', async (t) => {
  await freshCache(t);
  const fetching = fetchDebs([packageOf('a', '1')], quiet, offer(fakeArchive({ a: '1' }, true)));
  await assert.rejects(fetching, (error) => error instanceof Failure && /gave other bytes.*: a$/.test(error.message));
});

const lock: Lock = {
  schema: 'pxen.lock/1',
  suite: 'trixie',
  roots: { host: ['a'] },
  packages: { a: packageOf('a', '1') },
  sources: {},
};

test('a lock whose packages are gone is resolved anew: told, built from, kept apart from the lock', async (t) => {
  await freshCache(t);
  const file = join(folderFor(t), 'lock.json');
  await writeFile(file, JSON.stringify(lock));
  const before = await readFile(file);
  const archive = fakeArchive({ a: '2' });
  const build = async (given: Lock): Promise<string | undefined> => {
    await fetchDebs(packagesOf(given, 'host'), quiet, offer(archive));
    return given.packages['a']?.version;
  };
  const told: string[] = [];
  const tell = (what: string, why?: string): void => void told.push(`${what}: ${why}`);
  assert.equal(
    await withLock(
      build,
      tell,
      async () => archive,
      () => readLock(file),
    ),
    '2',
  );
  assert.match(told.join('\n'), /anew: the archive no longer has a 1\n.*newer packages.*: ~ a 1 -> 2/);
  assert.deepEqual(await readFile(file), before);
  // The next build is of the same packages, without asking anybody.
  told.length = 0;
  assert.equal(await withLock(build, tell, never, () => readLock(file)), '2');
  assert.match(told.join('\n'), /resolved anew: ~ a 1 -> 2/);
});

test('another failure than a lost package is no reason to resolve anew', async (t) => {
  await freshCache(t);
  const broken = async (): Promise<never> => {
    throw new Failure('the disk is full', 'Make room.');
  };
  await assert.rejects(
    withLock(broken, quiet, never, async () => lock),
    /the disk is full/,
  );
});

const DAMAGED: readonly (readonly [what: string, text: string])[] = [
  ['half of it', JSON.stringify(lock).slice(0, 100)],
  ['of another shape', '{"schema":"pxen.lock/1"}'],
  ['lists what it does not describe', JSON.stringify({ ...lock, packages: {} })],
  ['a hash that is none', JSON.stringify(lock).replace(/"sha256":"../, '"sha256":"zz')],
];
for (const [what, text] of DAMAGED) {
  test(`a damaged lock is refused: ${what}`, async (t) => {
    const file = join(folderFor(t), 'lock.json');
    await writeFile(file, text);
    await assert.rejects(readLock(file), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /lock\.json is damaged/);
      assert.match(error.remedy, /pxen image update/);
      return error.exit === 2;
    });
  });
}

test('a missing lock is said to be missing', async (t) => {
  await assert.rejects(readLock(join(folderFor(t), 'none.json')), /none\.json is missing/);
});
