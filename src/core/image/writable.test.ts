import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockDevice } from '../discover/lsblk.ts';
import { writable, type Target } from './writable.ts';

const stick: BlockDevice = {
  path: '/dev/sdb',
  type: 'disk',
  size: 8e9,
  serial: '4C53',
  model: 'Ultra Fit',
  removable: true,
  readOnly: false,
  fstype: '',
  pttype: '',
  uuid: '',
  transport: 'usb',
  mountpoints: [],
  children: [],
};
const part: BlockDevice = { ...stick, path: '/dev/sdb1', type: 'part' };
const image = { bytes: 805_306_368, cluster: 'pxen' };
const target = (device: BlockDevice | undefined, present?: Target['present']): Target => ({
  path: device?.path ?? '/tmp/x.img',
  device,
  present,
});

test('an idle stick is written, and shown as what it is', () => {
  assert.deepEqual(writable(target(stick), image, false), {
    kind: 'yes',
    summary: '/dev/sdb: Ultra Fit, 8.0 GB, serial 4C53',
  });
});

const fixed = { ...stick, removable: false, transport: 'sata' };
const used = { cluster: 'prod', used: true, id: 'one' };

const ALWAYS: readonly (readonly [BlockDevice, RegExp])[] = [
  [{ ...stick, children: [{ ...part, mountpoints: ['/media/x'] }] }, /sdb1 is mounted at \/media\/x/],
  [{ ...stick, mountpoints: ['[SWAP]'] }, /mounted at \[SWAP\]/],
  [
    { ...stick, children: [{ ...part, children: [{ ...part, path: '/dev/md0', type: 'raid1' }] }] },
    /in use by \/dev\/md0/,
  ],
  [part, /is a partition/],
  [{ ...stick, size: 0 }, /no medium/],
  [{ ...stick, size: 5e8 }, /too small: it has 500 MB, a drive needs 805 MB/],
  [{ ...stick, readOnly: true }, /write-protected/],
];
for (const [device, says] of ALWAYS) {
  test(`refused even with --force: ${says.source}`, () => {
    for (const force of [false, true]) {
      const verdict = writable(target(device), image, force);
      assert.ok(verdict.kind === 'no');
      assert.match(verdict.sentence, says);
      assert.ok(verdict.remedy.length > 5);
    }
  });
}

const UNLESS_FORCED: readonly (readonly [Target, RegExp])[] = [
  [target(fixed), /no removable drive \(Ultra Fit, 8.0 GB\)/],
  [target(undefined), /is a file, no drive/],
  [target(stick, used), /drive of cluster prod and holds its state/],
  [target(stick, { cluster: 'prod', used: false, id: undefined }), /cluster prod, which is another cluster/],
];
for (const [to, says] of UNLESS_FORCED) {
  test(`refused unless forced: ${says.source}`, () => {
    const verdict = writable(to, image, false);
    assert.ok(verdict.kind === 'no');
    assert.match(verdict.sentence, says);
    assert.match(verdict.remedy, /--force/);
    assert.equal(writable(to, image, true).kind, 'yes');
  });
}

test('a USB disk that does not call itself removable, and an unused drive of the same cluster, are written', () => {
  assert.equal(writable(target({ ...fixed, transport: 'usb' }), image, false).kind, 'yes');
  assert.equal(writable(target(stick, { cluster: 'pxen', used: false, id: undefined }), image, false).kind, 'yes');
});

test('the drive that is to be replaced is never written over, not even by force; a former one is by force', () => {
  const present = { cluster: 'pxen', used: true, id: 'one' };
  const refused = writable(target(stick, present), { ...image, replaces: 'one' }, true);
  assert.ok(refused.kind === 'no');
  assert.match(refused.sentence, /is the drive that is to be replaced/);
  assert.equal(writable(target(stick, present), { ...image, replaces: 'two' }, true).kind, 'yes');
});

test('what a stick holds is shown before anybody is asked', () => {
  const children = [
    { ...part, fstype: 'ext4' },
    { ...part, fstype: 'vfat' },
  ];
  const verdict = writable(target({ ...stick, pttype: 'gpt', children }), image, false);
  assert.ok(verdict.kind === 'yes');
  assert.match(verdict.summary, /; it holds ext4, vfat$/);
  const bare = writable(target({ ...stick, pttype: 'dos' }), image, false);
  assert.ok(bare.kind === 'yes' && bare.summary.endsWith('; it holds a partition table'));
});
