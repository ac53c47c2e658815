import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Failure } from './fail.ts';
import { openJournal } from './journal.ts';

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pxen-journal-'));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a journal is empty at first, grows, is replaced whole, and grows on', async (context) => {
  const journal = await openJournal(join(await folder(context), 'new', 'leases'));
  assert.equal(await journal.read(), '');
  await journal.append('a\n');
  await journal.append('b\n');
  assert.equal(await journal.read(), 'a\nb\n');
  await journal.replace('c\n');
  await journal.append('d\n');
  assert.equal(await journal.read(), 'c\nd\n');
  await journal.close();
});

test('E17: a second server on the same journal fails before it touches it; after the first has ended it may have it', async (context) => {
  const path = join(await folder(context), 'leases');
  await writeFile(path, 'a\n');
  const first = await openJournal(path);
  await assert.rejects(
    openJournal(path),
    (error) => error instanceof Failure && error.message.includes(`in use by process ${process.pid}`),
  );
  assert.equal(await readFile(path, 'utf8'), 'a\n');
  await first.close();
  const second = await openJournal(path);
  assert.equal(await second.read(), 'a\n');
  await second.close();
});

test('a journal that cannot be is a failure in words', async (context) => {
  const path = join(await folder(context), 'file');
  await writeFile(path, '');
  await assert.rejects(openJournal(join(path, 'leases')), (error) => error instanceof Failure && error.remedy !== '');
});
