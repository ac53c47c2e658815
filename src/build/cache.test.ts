import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshCache } from '../../test/fixtures/archive.ts';
import { Failure } from '../shell/fail.ts';
import { ensure, standing, type Plan } from './cache.ts';

interface Told {
  readonly plan: Plan;
  readonly told: string[];
  readonly tell: (what: string, why?: string) => void;
}

function counted(inputs: readonly string[], make?: Plan['make'], room = 0): Told {
  const told: string[] = [];
  const fill: Plan['make'] = (folder) => writeFile(join(folder, 'content'), inputs.join(' '));
  const plan = { name: 'piece', inputs, room, make: make ?? fill };
  return { plan, told, tell: (what, why) => told.push(`${what}: ${why}`) };
}

test('a piece is built once, and again only when what goes into it changes', async (t) => {
  await freshCache(t);
  const first = counted(['file a 1', 'file b 1']);
  const made = await ensure(first.plan, first.tell);
  assert.equal(await readFile(join(made.folder, 'content'), 'utf8'), 'file a 1 file b 1');
  await ensure(first.plan, first.tell);
  assert.deepEqual(first.told, ['building piece: it was never built here']);
  const second = counted(['file a 2', 'file c 1']);
  await ensure(second.plan, second.tell);
  assert.deepEqual(second.told, ['building piece: changed: file a, gone: file b, new: file c']);
});

test('a truncated file in the cache is noticed, and the piece is built anew', async (t) => {
  await freshCache(t);
  const { plan, told, tell } = counted(['file a 1']);
  const { folder } = await ensure(plan, tell);
  await truncate(join(folder, 'content'), 3);
  assert.match((await standing(plan)).why ?? '', /content has 3 bytes instead of 8/);
  await ensure(plan, tell);
  assert.match(told[1] ?? '', /damaged: content has 3 bytes/);
  assert.equal(await readFile(join(folder, 'content'), 'utf8'), 'file a 1');
});

test('a build that fails leaves nothing behind', async (t) => {
  const cache = await freshCache(t);
  const { plan, tell } = counted(['file a 1'], async (folder) => {
    await writeFile(join(folder, 'half'), 'of it');
    throw new Failure('it broke', 'Mend it.');
  });
  await assert.rejects(ensure(plan, tell), /it broke/);
  assert.deepEqual(await readdir(join(cache, 'piece')), []);
});

test('what a killed build left behind is cleared away, what another one is making is not', async (t) => {
  const cache = await freshCache(t);
  // The largest id that Linux gives is 2^22; process 1 is always there.
  for (const stray of ['0a.new-4194305', '0b.new-1']) await mkdir(join(cache, 'piece', stray), { recursive: true });
  const { plan, tell } = counted(['file a 1']);
  await ensure(plan, tell);
  const left = await readdir(join(cache, 'piece'));
  assert.deepEqual(
    left.filter((name) => name.includes('.new-')),
    ['0b.new-1'],
  );
});

test('too little room on the disk is said before anything is made', async (t) => {
  const cache = await freshCache(t);
  const { plan, told, tell } = counted(['file a 1'], undefined, 2 ** 60);
  await assert.rejects(ensure(plan, tell), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /the build needs 1152921504\.6 GB in .*, but only [\d.]+ GB are free/);
    assert.match(error.remedy, /PXEN_CACHE/);
    return true;
  });
  assert.deepEqual([told, await readdir(cache)], [[], []]);
});
