import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyContent } from '../../../test/fixtures/driveContent.ts';
import { diskOf, tinyDrive } from '../../../test/fixtures/tinyDrive.ts';
import { sha256 } from '../../shell/disk.ts';
import { DecodeError } from '../net/bytes.ts';
import { checkDrive } from './check/drive.ts';
import { readBootSector, volumeText } from './fat/bootSector.ts';
import { makeVolume } from './fat/make.ts';
import { Volume } from './fat/volume.ts';
import { PARTITION_START } from './layout.ts';
import { heldSource, newDrive, withVolumeId } from './newDrive.ts';
import { readPartitions } from './partition.ts';

const MIB = 2 ** 20;
const { files, bios } = await tinyContent();
const whole = (path: string, why: string): never => assert.fail(`${path}: ${why}`);
const make = (bytes = 40 * MIB, id = 0x5678_ef01) => newDrive({ bytes, id, bios }, files);

test('a drive made of the files of another is whole, and holds every byte of them', async () => {
  const drive = make();
  const report = await checkDrive(drive, sha256, () => undefined);
  assert.ok(report.kind === 'drive');
  assert.deepEqual(report.findings, []);
  assert.deepEqual([report.volume, report.cluster], ['5678-EF01', 'tiny']);
  const volume = await Volume.open(drive, PARTITION_START);
  const found = new Map((await volume.tree(whole)).map((file) => [file.path, file]));
  for (const { path, size, read } of files) {
    const entry = found.get(path);
    assert.ok(entry, path);
    assert.ok(Buffer.from(await volume.bytes(entry)).equals(await read(0, size)), path);
  }
  assert.equal([...found.values()].filter(({ kind }) => kind === 'file').length, files.length);
});

test('the same content gives the same bytes, in pieces of any size', async () => {
  const [one, other] = [make(), make()];
  const all = Buffer.from(await one.read(0, one.size));
  for (let at = 0; at < one.size;) {
    const length = Math.min(one.size - at, 65_537 + at);
    assert.ok(all.subarray(at, at + length).equals(Buffer.from(await other.read(at, length))), `at ${at}`);
    at += length;
  }
});

test('its one partition is active, of the type that every system shows, and ends where the drive ends', async () => {
  for (const bytes of [40 * MIB, 768 * MIB, 31 * 1024 * MIB]) {
    const [partition, ...more] = readPartitions(await make(bytes).read(0, 512)) ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual(partition, { type: 0x0c, active: true, start: MIB, bytes: bytes - MIB });
    const geometry = readBootSector(await make(bytes).read(MIB, 512));
    assert.equal(geometry.bytes, bytes - MIB);
    assert.equal(geometry.cluster, bytes < 300 * MIB ? 512 : 4096);
  }
});

test('names of every kind come back as they were', async () => {
  const names = [
    'README.TXT',
    'readme2.txt',
    'A long name, mixed Case – ümlaut.yaml',
    'exactly13char',
    'exactly26characters-long.x',
  ];
  const many = Array.from({ length: 300 }, (_, number) => `overlay/a folder/file number ${number}.conf`);
  const paths = [...names, ...many, 'overlay/a folder.d/UPPER', 'overlay/.hidden', 'overlay/a.b.c'];
  const disk = newDrive(
    { bytes: 40 * MIB, id: 1, bios },
    paths.map((path) => heldSource(path, Buffer.from(path))),
  );
  const volume = await Volume.open(disk, PARTITION_START);
  const found = (await volume.tree(whole)).filter(({ kind }) => kind === 'file');
  assert.deepEqual(found.map(({ path }) => path).sort(), paths.toSorted());
  for (const entry of found) assert.equal(Buffer.from(await volume.bytes(entry)).toString(), entry.path);
});

const volume = { bytes: 40 * MIB, start: MIB, id: 1 };
for (const [what, path, says] of [
  ['a character that FAT lacks', 'boot/a:b', /boot\/a:b: its name has a character/],
  ['a dot at its end', 'boot/a.', /ends with a dot/],
  ['too long a name', 'x'.repeat(256), /longer than 255/],
  ['a name that differs only in its case', 'BOOT/GRUBENV', /only in its case/],
] as const) {
  test(`${what} is refused with the path`, () => {
    const all = [
      { path: 'boot/grubenv', size: 1 },
      { path, size: 1 },
    ];
    assert.throws(
      () => makeVolume(volume, all),
      (error) => error instanceof DecodeError && says.test(error.message),
    );
  });
}

test('what does not fit is refused before a byte is written; what just fits is not', () => {
  const { free } = makeVolume(volume, [{ path: 'a', size: 0 }]);
  assert.equal(makeVolume(volume, [{ path: 'a', size: free }]).free, 0);
  assert.throws(() => makeVolume(volume, [{ path: 'a', size: free + 1 }]), /its files need/);
  assert.throws(() => makeVolume({ ...volume, bytes: 20 * MIB }, []), /too few for a FAT32/);
});

test('a volume id is put into an image in all places, and nowhere else', async () => {
  const image = tinyDrive();
  const { backup } = readBootSector(image.subarray(PARTITION_START, PARTITION_START + 512));
  const other = withVolumeId(diskOf(image), 0xa1b2_c3d4, backup);
  const report = await checkDrive(other, sha256, () => undefined);
  assert.ok(report.kind === 'drive');
  assert.deepEqual([report.volume, report.findings], ['A1B2-C3D4', []]);
  const bytes = Buffer.from(await other.read(0, image.length));
  assert.equal(volumeText(bytes.readUInt32LE(440)), 'A1B2-C3D4');
  for (const at of [440, PARTITION_START + 67, PARTITION_START + backup + 67]) image.copy(bytes, at, at, at + 4);
  assert.ok(bytes.equals(image));
});
