import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weights, wireBytes } from './weight.ts';

const LISTING = `drwxr-xr-x root/root               200 2026-01-01 00:00 squashfs-root
-rwxr-xr-x root/root           1000000 2026-01-01 00:00 squashfs-root/usr/bin/node
-rwxr-xr-x root/root                10 2026-01-01 00:00 squashfs-root/usr/bin/less
-rw-r--r-- root/root                20 2026-01-01 00:00 squashfs-root/usr/lib/modules/6.12/kernel/fs/x.ko
-rw-r--r-- root/root                 5 2026-01-01 00:00 squashfs-root/usr/lib/modules/6.12/a name with spaces
lrwxrwxrwx root/root                 7 2026-01-01 00:00 squashfs-root/bin -> usr/bin
-rw-r--r-- root/shadow               3 2026-01-01 00:00 squashfs-root/etc/shadow
-rw-r--r-- root/root                 1 2026-01-01 00:00 squashfs-root/strange
`;

test('a root is weighed by groups, the heaviest first', () => {
  assert.deepEqual(weights(LISTING), [
    { group: 'Node', files: 1, bytes: 1_000_000 },
    { group: 'kernel modules', files: 2, bytes: 25 },
    { group: 'programs', files: 1, bytes: 10 },
    { group: 'settings', files: 1, bytes: 3 },
    { group: 'other', files: 1, bytes: 1 },
  ]);
  assert.throws(() => weights('-rw-r--r-- gibberish'), /unsquashfs printed/);
});

test('the microcode of one processor travels, and nothing that is fetched after ready', () => {
  const files = ['xen', 'microcode-amd', 'microcode-intel', 'hvm.squashfs'].map((name, at) => ({
    name,
    size: 10 ** at,
  }));
  assert.equal(wireBytes(files, 7), 8);
});
