import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureDrive, ensureImage } from '../../src/build/main.ts';
import { CLUSTER_FILE, SLOTS } from '../../src/core/image/layout.ts';
import { seededChance } from '../../src/shell/chance.ts';
import { run } from '../../src/shell/run.ts';
import { startGuest } from '../fixtures/bareGuest.ts';
import { host0Script } from '../fixtures/bareHost0.ts';
import { CutDisk, cutsOf } from '../fixtures/cutDisk.ts';
import { readDrive } from '../fixtures/driveReader.ts';
import { readWriteLog, type Logged } from '../fixtures/writeLog.ts';

/** What host0 writes to its drive while cluster.yaml is changed on it: recorded below Linux's vfat, and cut off everywhere. */

const PATIENCE = { timeout: 10 * 60_000 };
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
  const late = setTimeout(() => guest.qemu.kill(), PATIENCE.timeout - 60_000);
  for (let answers = 1; answers <= 5; answers += 1) {
    await guest.line(new RegExp(`^acknowledged`), answers);
    answered.push(readWriteLog(await readFile(join(folder, 'log'))).length);
  }
  await guest.qemu.ended;
  clearTimeout(late);
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
