import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Failure } from '../shell/fail.ts';
import { willWrite } from './willWrite.ts';

const folder = await mkdtemp(join(tmpdir(), 'pxen-will-write-'));
after(() => rm(folder, { recursive: true, force: true }));

test('what is in the file stays, and nothing is left beside it', async () => {
  const file = join(folder, 'out.json');
  await writeFile(file, 'before');
  await willWrite(file);
  assert.equal(await readFile(file, 'utf8'), 'before');
  await willWrite(join(folder, 'new.json'), undefined);
  assert.deepEqual(await readdir(folder), ['out.json']);
});

test('a folder in its place, or none to put it into, is said before the work begins', async () => {
  const taken = join(folder, 'taken');
  await mkdir(taken);
  const says = (pattern: RegExp) => (error: unknown) =>
    error instanceof Failure && error.exit === 2 && pattern.test(error.message);
  await assert.rejects(willWrite(taken), says(/taken cannot be written: it is a folder$/));
  await assert.rejects(
    willWrite(join(folder, 'none', 'x')),
    says(/x cannot be written: it, or its folder, is not there$/),
  );
  await rm(taken, { recursive: true });
});
