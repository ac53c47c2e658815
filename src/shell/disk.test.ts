import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { Unreadable } from '../core/image/disk.ts';
import { openDisk } from './disk.ts';
import { Failure } from './fail.ts';

test('a file is read like a disk; past its end it is unreadable', async (t) => {
  const path = join(folderFor(t), 'image');
  await writeFile(path, 'abcdef');
  const disk = await openDisk(path);
  t.after(() => disk.close());
  assert.equal(disk.size, 6);
  assert.equal(Buffer.from(await disk.read(2, 3)).toString(), 'cde');
  await assert.rejects(disk.read(4, 3), (error) => error instanceof Unreadable && /ends at byte 6/.test(error.message));
});

for (const [path, says] of [
  ['/dev/there-is-no-such-drive', /is not there/],
  ['/dev/null', /neither a file nor a block device/],
  ['/tmp', /neither a file nor a block device/],
] as const) {
  test(`${path} is refused with a sentence`, async () => {
    await assert.rejects(openDisk(path), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, says);
      return error.exit === 2;
    });
  });
}
