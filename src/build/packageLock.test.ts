import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lock } from '../core/image/lock.ts';
import { Failure } from '../shell/fail.ts';
import { fakeArchive, freshCache, packageOf } from '../../test/fixtures/archive.ts';
import { packageLock } from './packageLock.ts';

const HOST: Lock = { schema: 'pxen.lock/1', suite: 'trixie', roots: { host: [] }, packages: {}, sources: {} };
const quiet = (): void => undefined;
const kept = (version: string): Lock => ({
  ...HOST,
  roots: { htop: ['htop'] },
  packages: { htop: packageOf('htop', version) },
});

test('each package that is wanted is a root of its own, pinned by version and hash', async (t) => {
  await freshCache(t);
  const archive = fakeArchive({ htop: '3.4', tree: '2.2' });
  const lock = await packageLock(['htop', 'tree'], HOST, undefined, quiet, async () => archive);
  assert.deepEqual(lock.roots, { htop: ['htop'], tree: ['tree'] });
  assert.deepEqual(lock.packages['tree'], packageOf('tree', '2.2'));
});

test("a drive's own lock stays in force while it covers what is wanted, over the same root", async (t) => {
  await freshCache(t);
  const open = async () => fakeArchive({ htop: '3.5', tree: '2.2' });
  assert.equal((await packageLock(['htop'], HOST, kept('3.4'), quiet, open)).packages['htop']?.version, '3.4');
  const more = await packageLock(['htop', 'tree'], HOST, kept('3.4'), quiet, open);
  assert.equal(more.packages['htop']?.version, '3.5', 'all are resolved together, so that they fit each other');
});

test('a package that is nowhere is a sentence with a remedy', async (t) => {
  await freshCache(t);
  const archive = {
    ...fakeArchive({}),
    resolveOver: () => Promise.reject(new Error('apt-get failed\nE: Unable to locate package nope')),
  };
  await assert.rejects(
    packageLock(['nope'], HOST, undefined, quiet, async () => archive),
    (error: unknown) =>
      error instanceof Failure && /nope cannot be had: Unable to locate package nope/.test(error.message),
  );
});
