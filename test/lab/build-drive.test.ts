import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../fixtures/archive.ts';
import { tinyDrive } from '../fixtures/tinyDrive.ts';
import { run } from '../../src/shell/run.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const MIB = 2 ** 20;
const needsRoot = process.getuid?.() === 0 ? {} : { skip: 'loop devices need root' };

const pxen = (...words: string[]) =>
  run([process.execPath, '--no-warnings', CLI, 'drive', ...words], { accept: [0, 1, 2], input: '' });

/** A real block device of this many bytes over a file of its own; detached when the test ends. */
async function loop(t: TestContext, bytes: number): Promise<string> {
  const file = join(folderFor(t), 'stick');
  await writeFile(file, '');
  await truncate(file, bytes);
  const { stdout } = await run(['losetup', '--find', '--show', file]);
  t.after(() => run(['losetup', '--detach', stdout.trim()]));
  return stdout.trim();
}

async function tinyImage(t: TestContext): Promise<string> {
  const file = join(folderFor(t), 'tiny.img');
  await writeFile(file, tinyDrive());
  return file;
}

test('a drive is written to a larger stick, read back, and whole', needsRoot, async (t) => {
  const [device, image] = [await loop(t, 64 * MIB), await tinyImage(t)];
  // What the stick was before: a GPT, of which a copy stands at the very end.
  const header = join(folderFor(t), 'header');
  await writeFile(header, Buffer.alloc(512, 'EFI PART'));
  await run(['dd', `if=${header}`, `of=${device}`, `seek=${(64 * MIB) / 512 - 1}`, 'conv=fsync', 'status=none']);
  const written = await pxen('write', device, '--image', image, '--yes', '--force');
  assert.equal(written.code, 0, written.stderr);
  const id = /holds the drive ([0-9A-F]{4}-[0-9A-F]{4}): 41\.9 MB, read back and right/.exec(written.stdout)?.[1];
  assert.ok(id, written.stdout);
  const stick = await readFile(device);
  const wanted = tinyDrive();
  // The volume id of its own: in the partition table, the boot sector and its copy.
  for (const at of [440, MIB + 67, MIB + 6 * 512 + 67]) {
    assert.equal(stick.readUInt32LE(at), Number.parseInt(id.replace('-', ''), 16));
    stick.copy(wanted, at, at, at + 4);
  }
  assert.ok(stick.subarray(0, 40 * MIB).equals(wanted));
  assert.ok(!stick.includes('EFI PART', 40 * MIB), 'the old GPT is still at the end');
  const checked = await pxen('check', device, '--json');
  assert.equal(checked.code, 0, checked.stderr);
  assert.deepEqual(JSON.parse(checked.stdout).findings, []);
  const again = await pxen('write', device, '--image', image, '--yes', '--force');
  assert.doesNotMatch(again.stdout, new RegExp(id), 'two drives of one release have one volume id');
});

test('one damaged byte on the stick is found', needsRoot, async (t) => {
  const [device, image] = [await loop(t, 40 * MIB), await tinyImage(t)];
  assert.equal((await pxen('write', device, '--image', image, '--yes', '--force')).code, 0);
  const at = (await readFile(device)).indexOf('iiiii');
  await run(['dd', `of=${device}`, 'bs=1', `seek=${at}`, 'conv=notrunc,fsync', 'status=none'], { input: 'I' });
  const { code, stdout } = await pxen('check', device);
  assert.equal(code, 1);
  assert.match(stdout, /damaged: boot\/releases\/0\.1\.0-tiny\/initrd: its content is damaged/);
  assert.match(stdout, /remedy: .*pxen drive write/);
});

test(
  'nothing is written without --force to a fixed disk, without a person, to what is too small or in use',
  needsRoot,
  async (t) => {
    const [device, small, image] = [await loop(t, 64 * MIB), await loop(t, 16 * MIB), await tinyImage(t)];
    const refused = async (says: RegExp, ...words: string[]): Promise<void> => {
      const { code, stderr } = await pxen('write', ...words, '--image', image);
      assert.match(stderr, says);
      assert.equal(code, 2);
    };
    await refused(/is no removable drive/, device, '--yes');
    await refused(/nobody is at the terminal/, device, '--force');
    await refused(/too small: it has 17 MB, a drive needs 42 MB/, small, '--yes', '--force');
    assert.ok((await readFile(device)).every((byte) => byte === 0));
    await run(['mkfs.ext4', '-q', device]);
    const mount = folderFor(t);
    await run(['mount', device, mount]);
    try {
      await refused(/is mounted at/, device, '--yes', '--force');
    } finally {
      await run(['umount', mount]);
    }
  },
);

test('what is no drive, and a damaged image, are not written', async (t) => {
  const target = join(folderFor(t), 'target');
  const image = await tinyImage(t);
  const bytes = tinyDrive();
  bytes[bytes.indexOf('iiiii')] = 0;
  await writeFile(image, bytes);
  const damaged = await pxen('write', target, '--image', image, '--yes', '--force');
  assert.deepEqual([damaged.code, /tiny\.img is damaged: boot/.test(damaged.stderr)], [2, true], damaged.stderr);
  await truncate(image, MIB / 2);
  const half = await pxen('write', target, '--image', image, '--yes', '--force');
  assert.deepEqual([half.code, /is no image of a pxen drive/.test(half.stderr)], [2, true], half.stderr);
  await assert.rejects(readFile(target), /ENOENT/);
});
