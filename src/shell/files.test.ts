import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { diskFiles } from './files.ts';

const RAM = '/dev/shm';
const inRam = { skip: existsSync(RAM) ? false : `there is no ${RAM}` };

async function folder(context: TestContext, below = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(below, 'pxen-files-'));
  context.after(() => rm(path, { recursive: true, force: true }));
  await mkdir(join(path, 'boot'));
  await writeFile(join(path, 'boot', 'a'), 'hello');
  await writeFile(join(path, 'secret'), 'x');
  return path;
}

test('only regular files below the folder are there, whatever links say', async (context) => {
  const path = await folder(context);
  await symlink('../secret', join(path, 'boot', 'out'));
  await symlink('a', join(path, 'boot', 'in'));
  await symlink('loop', join(path, 'boot', 'loop'));
  const files = diskFiles(join(path, 'boot'));
  const sizes = await Promise.all(
    ['a', 'in', 'out', 'loop', '../secret', '.', 'none', 'a/b'].map((name) => files.info(name)),
  );
  assert.deepEqual(
    sizes.map((info) => info?.size),
    [5, 5, undefined, undefined, undefined, undefined, undefined, undefined],
  );
});

test('a held file is read again once it changed', async (context) => {
  const path = await folder(context);
  const files = diskFiles(join(path, 'boot'));
  const first = await files.bytes('a');
  assert.equal((await files.bytes('a')).buffer, first.buffer);
  await writeFile(join(path, 'boot', 'a'), 'hello world');
  assert.equal(Buffer.from(await files.bytes('a')).toString(), 'hello world');
});

test('files are streamed whole whether they are held or not, and list their folder', async (context) => {
  const path = await folder(context);
  const bytes = Buffer.alloc(1_300_000, 'pxen');
  await writeFile(join(path, 'boot', 'big'), bytes);
  await mkdir(join(path, 'boot', 'sub'));
  for (const limit of [{ each: 0, together: 0 }, undefined]) {
    const files = diskFiles(join(path, 'boot'), limit);
    const pieces: Buffer[] = [];
    for await (const piece of files.stream('big', 5, bytes.length)) pieces.push(Buffer.from(piece));
    assert.ok(Buffer.concat(pieces).equals(bytes.subarray(5)));
    assert.deepEqual(await files.list('.'), ['a', 'big', 'sub/']);
    assert.equal(await files.list('..'), undefined);
  }
});

test('a file that became shorter is an error, not a short answer', async (context) => {
  const path = await folder(context);
  const file = await diskFiles(join(path, 'boot'), { each: 0, together: 0 }).open('a');
  await writeFile(join(path, 'boot', 'a'), 'x');
  await assert.rejects(async () => file?.read(0, 5), /became shorter/);
  await file?.close();
});

test('what is little and lies in RAM is read at once, into the memory that is given', inRam, async (context) => {
  const path = await folder(context, RAM);
  await writeFile(join(path, 'boot', 'big'), Buffer.alloc(1_000_000, 'pxen'));
  const file = await diskFiles(join(path, 'boot'), { each: 0, together: 0 }).open('big');
  const room = new Uint8Array(100);
  const read = file?.read(6, 12, room);
  assert.ok(read instanceof Uint8Array && read.buffer === room.buffer);
  assert.equal(Buffer.from(read).toString(), 'enpxen');
  const much = file?.read(0, 1_000_000);
  assert.ok(much instanceof Promise, 'much is read by another thread');
  assert.equal((await much).length, 1_000_000);
  await writeFile(join(path, 'boot', 'big'), 'x');
  assert.throws(() => file?.read(0, 5), /became shorter/);
  await file?.close();
});

test('a stretch is streamed', async (context) => {
  const files = diskFiles(join(await folder(context), 'boot'));
  const pieces: Uint8Array[] = [];
  for await (const piece of files.stream('a', 1, 4)) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), 'ell');
});
