import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureDrive, ensureImage } from '../../src/build/main.ts';
import { versionName } from '../../src/core/cluster/history.ts';
import { Volume } from '../../src/core/image/fat/volume.ts';
import { PARTITION_START } from '../../src/core/image/layout.ts';
import { seededChance } from '../../src/shell/chance.ts';
import { run } from '../../src/shell/run.ts';
import { withVolume } from '../../src/shell/volume.ts';
import { startGuest } from '../fixtures/bareGuest.ts';
import { host0Script } from '../fixtures/bareHost0.ts';
import { CutDisk, cutsOf } from '../fixtures/cutDisk.ts';
import { readDrive } from '../fixtures/driveReader.ts';
import { readWriteLog, type Logged } from '../fixtures/writeLog.ts';

/** What host0 writes to its drive while cluster.yaml is changed on it: recorded below Linux's vfat, and cut off everywhere. */

const PATIENCE = { timeout: 30 * 60_000 };
const quiet = (): void => undefined;

/** Changes that grow the file by a cluster, shrink it again, and one by hand on the mounted drive. */
const STORY = host0Script(`
wish host set ada mac=52:54:00:00:00:01
printf '#!/bin/sh\\nfor n in $(seq 30); do echo "# a line so long that the file needs a cluster more than it has: $n of thirty" >> "$1"; done\\n' > /tmp/more
chmod +x /tmp/more
VISUAL=/tmp/more wish config edit
mount -t vfat -o rw,iocharset=ascii /dev/vda1 /mnt
sed -i 's/name: ada/name: eve/' /mnt/cluster.yaml
umount /mnt
echo 'acknowledged by hand'
sleep 1
wish host set bob mac=52:54:00:00:00:02
wish config restore 1
pxen config history
`);

let folder = '';
let image = '';
let log: Logged[] = [];
/** Entries of the log that were there when a command had its answer. */
const answered: number[] = [];
let lines: readonly string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pxen-vfat-'));
  const drive = await ensureDrive(quiet);
  const { folder: release } = await ensureImage(quiet);
  image = join(folder, 'before.img');
  for (const copy of [image, join(folder, 'drive.img')])
    await run(['cp', '--reflink=auto', '--sparse=always', drive.path, copy]);
  await writeFile(join(folder, 'log'), '');
  const file = (name: string) => ({ driver: 'raw', file: { driver: 'file', filename: join(folder, name) } });
  const recorded = { driver: 'blklogwrites', 'log-sector-size': 512, 'log-super-update-interval': 1 };
  const guest = await startGuest({
    folder,
    release,
    script: STORY,
    drive: { ...recorded, file: file('drive.img'), log: file('log') },
  });
  try {
    for (let answers = 1; answers <= 5; answers += 1) {
      await guest.line(/^acknowledged/, answers);
      answered.push(readWriteLog(await readFile(join(folder, 'log'))).length);
    }
    await guest.qemu.ended;
  } finally {
    guest.qemu.kill();
  }
  ({ lines } = guest);
  log = readWriteLog(await readFile(join(folder, 'log')));
}, PATIENCE);

after(() => rm(folder, { recursive: true, force: true }));

test('the story is told to its end: a drive, its history and its file system are whole', PATIENCE, async (t) => {
  assert.ok(
    lines.some((line) => line.includes('the story has ended')),
    lines.slice(-20).join('\n'),
  );
  const bytes = log.reduce((sum, entry) => sum + (entry.kind === 'write' ? entry.bytes.length : 0), 0);
  t.diagnostic(`${log.length} entries, ${bytes} bytes, ${log.filter(({ kind }) => kind === 'flush').length} flushes`);
});

/** Every version that cluster.yaml had, in order. */
const versionsOf = (): Promise<string[]> =>
  withVolume(join(folder, 'drive.img'), async (volume, find) => {
    const names = [1, 2, 3, 4, 5, 6].map((number) => `state/history/${versionName(number)}`);
    const texts = names.map(async (name) => {
      const found = find(name);
      assert.ok(found !== undefined, `${name} is not there`);
      return Buffer.from(await volume.bytes(found)).toString();
    });
    return Promise.all(texts);
  });

test('the history has every version, those of a hand too, with who and what', PATIENCE, async () => {
  const versions = await versionsOf();
  assert.deepEqual([versions.length, versions[5]], [6, versions[0]]);
  assert.match(versions[3] ?? '', /name: eve, mac/);
  const after = new CutDisk(join(folder, 'drive.img'));
  const { text, warnings } = await readDrive(after);
  after.close();
  assert.deepEqual([text, warnings], [versions[0], []]);
  const told = lines.filter((line) => /^ +\d+ {2}/.test(line)).map((line) => line.replace(/.*Z {2}/, ''));
  assert.deepEqual(told, [
    'somebody  as it was found',
    'root@(none)  host set ada mac=52:54:00:00:00:01',
    'root@(none)  config edit',
    'somebody  changed by hand',
    'root@(none)  host set bob mac=52:54:00:00:00:02',
    'root@(none)  config restore 1',
  ]);
});

test(
  'cut off after any write, with any sectors since the last flush, or one of them torn: a whole cluster.yaml is in force, all else is untouched',
  PATIENCE,
  async (t) => {
    const disk = new CutDisk(image);
    t.after(() => disk.close());
    const { boot } = await readDrive(disk);
    const versions = await versionsOf();
    const counts = versions.map(() => 0);
    for (const { sectors, what, certain, begun } of cutsOf(log, disk, seededChance(7))) {
      disk.sectors = sectors;
      const where = `${what}; ${certain} entries certain, ${begun} begun`;
      const seen = await readDrive(disk);
      const least = answered.filter((entries) => entries <= certain).length;
      const most = answered.filter((entries) => entries < begun).length + 1;
      const version = versions.findIndex((text, index) => index >= least && index <= most && text === seen.text);
      assert.ok(
        version >= 0,
        `${where}: in force is none of versions ${least} to ${most}, but\n${seen.text.slice(-400)}`,
      );
      assert.deepEqual(seen.boot, boot, where);
      counts[version] = (counts[version] ?? 0) + 1;
    }
    t.diagnostic(`${counts.reduce((sum, count) => sum + count)} cuts; versions in force: ${counts.join(', ')}`);
  },
);

test("what was written lies on the state and the administrator's files alone, and a change writes little", async (t) => {
  const disk = new CutDisk(image);
  t.after(() => disk.close());
  const taken = await sectorsOf(disk);
  const strange = log
    .flatMap((entry) => (entry.kind === 'flush' ? [] : [entry.at / 512]))
    .filter((at) => taken.has(at));
  assert.deepEqual(strange, []);
  const flushed = answered.map((entries, index) => log.slice(answered[index - 1] ?? 0, entries));
  for (const [index, entries] of flushed.entries()) {
    const writes = entries.flatMap((entry) => (entry.kind === 'write' ? [entry.bytes.length] : []));
    const bytes = writes.reduce((sum, length) => sum + length, 0);
    t.diagnostic(`change ${index + 1}: ${writes.length} writes, ${bytes} bytes`);
    // The bound of docs/boot.md: this file has five kilobytes at most, and stands in two slots and two places of the drive.
    assert.ok(writes.length <= 40 && bytes <= 96 * 1024, `${writes.length} writes of ${bytes} bytes`);
  }
});

/** Sectors of what must never be written: all files but the administrator's and the state. */
async function sectorsOf(disk: CutDisk): Promise<ReadonlySet<number>> {
  const volume = await Volume.open(disk, PARTITION_START);
  const files = (await volume.tree(() => undefined)).filter(({ path }) => !/^(state|cluster\.yaml)/i.test(path));
  const places = files.filter(({ kind }) => kind === 'file').flatMap((entry) => volume.places(entry));
  return new Set(
    places.flatMap(({ at, bytes }) => Array.from({ length: Math.ceil(bytes / 512) }, (_, index) => at / 512 + index)),
  );
}
