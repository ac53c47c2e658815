import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyContent } from '../../test/fixtures/driveContent.ts';
import { diskOf } from '../../test/fixtures/tinyDrive.ts';
import { Unreadable, type Disk } from '../core/image/disk.ts';
import { newDrive } from '../core/image/newDrive.ts';
import { sha256 } from '../shell/disk.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { DriveHealth } from './health.ts';

const MIB = 2 ** 20;
const HOUR = 3_600_000;
const { files, bios } = await tinyContent();
const image = newDrive({ bytes: 40 * MIB, id: 1, bios }, files);
const whole = Buffer.from(await image.read(0, image.size));

/** A drive that is read back in fake time; `read` may be made to fail, to take long, or to lie. */
function trial(read?: (disk: Disk, at: number, length: number) => Promise<Uint8Array>) {
  const [clock, log, ending] = [new FakeClock(), new FakeLog(), new AbortController()];
  const state = { isIn: true, bytes: 0, reads: 0, kernel: 4, opened: 0, said: [] as string[] };
  const disk = diskOf(Buffer.from(whole));
  const health = new DriveHealth({
    find: async () => (state.isIn ? { path: '/dev/sdb', volume: 'x', key: 'sdb' } : undefined),
    open: async () => {
      state.opened += 1;
      const one = async (at: number, length: number): Promise<Uint8Array> => {
        state.reads += 1;
        if (!state.isIn) throw new Unreadable('/dev/sdb cannot be read at byte 0 (ENODEV)');
        state.bytes += length;
        return read === undefined ? disk.read(at, length) : read(disk, at, length);
      };
      return { size: disk.size, read: one, close: async () => undefined };
    },
    kernelErrors: async () => state.kernel,
    sha256,
    clock,
    log,
    worse: (line) => void state.said.push(line),
  });
  const watching = health.watch(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await watching;
  };
  const hours = async (count: number): Promise<void> => {
    // In steps: each read waits for the one before it, and hashing takes turns of its own.
    for (let minute = 0; minute < count * 60; minute += 1) await clock.pass(60_000);
  };
  return { health, state, log, clock, hours, end };
}

test('a drive that is well is read at most 64 MB an hour, nothing in the first minutes, and nothing is said', async () => {
  const { health, state, log, clock, hours, end } = trial();
  await clock.pass(HOUR / 6 - 1);
  assert.equal(state.bytes, 0);
  const seen: number[] = [];
  for (let hour = 0; hour < 3; hour += 1) {
    const before = state.bytes;
    await hours(1);
    seen.push(state.bytes - before);
  }
  assert.ok(Math.max(...seen) <= 64e6, seen.join());
  assert.ok(health.status.passes >= 2, `${health.status.passes} passes`);
  assert.deepEqual([health.warnings(), log.said], [[], []]);
  await end();
});

test('damage is read once more before it is said, with its place and what to do', async () => {
  const { health, state, log, hours, end } = trial(async (disk, at, length) => {
    const bytes = Uint8Array.from(await disk.read(at, length));
    const found = Buffer.from(bytes).indexOf('iiiii');
    if (found >= 0) bytes[found] = 0x49;
    return bytes;
  });
  await hours(2);
  assert.equal(health.status.verdict, 'failing');
  assert.match(
    health.warnings()[0] ?? '',
    /the drive \/dev\/sdb is failing \(boot\/releases\/0\.1\.0-tiny\/initrd: its content is damaged/,
  );
  assert.match(health.warnings()[0] ?? '', /pxen drive replace DEVICE/);
  assert.equal(log.of('DRIVE_FAILING').length, 1);
  assert.deepEqual(state.said.length, 1);
  assert.ok(state.opened >= 2);
  await end();
});

test('what only looked damaged, since it was being written, is not said', async () => {
  let lies = 1;
  const { health, hours, end } = trial(async (disk, at, length) => {
    const bytes = Uint8Array.from(await disk.read(at, length));
    const found = Buffer.from(bytes).indexOf('iiiii');
    if (found >= 0 && lies-- > 0) bytes[found] = 0x49;
    return bytes;
  });
  await hours(2);
  assert.deepEqual(health.warnings(), []);
  await end();
});

test('a read that fails once is wear; one that fails again and again is said at once', async () => {
  let failures = 1;
  const once = trial(async (disk, at, length) => {
    if (at > 2 * MIB && failures-- > 0) throw new Unreadable('cannot be read at byte 7 (EIO)');
    return disk.read(at, length);
  });
  await once.hours(2);
  assert.equal(once.health.status.verdict, 'worn');
  assert.equal(once.log.of('DRIVE_WORN').length, 1);
  await once.end();
  const lost = trial(async (disk, at, length) => {
    if (at <= 2 * MIB && at + length > 2 * MIB) throw new Unreadable('/dev/sdb cannot be read at byte 2097152 (EIO)');
    return disk.read(at, length);
  });
  await lost.hours(2);
  assert.equal(lost.health.status.verdict, 'failing');
  await lost.end();
});

test('errors that Linux counts are wear', async () => {
  const { health, state, hours, end } = trial();
  await hours(1);
  state.kernel += 5;
  await hours(1);
  assert.match(health.status.why, /Linux counted 5 errors/);
  await end();
});

test('a drive that is pulled is not to blame, and is read again when it is back', async () => {
  const { health, state, hours, end } = trial();
  await hours(0.5);
  state.isIn = false;
  await hours(2);
  const { reads } = state;
  await hours(2);
  assert.equal(state.reads, reads);
  assert.deepEqual(health.warnings(), []);
  state.isIn = true;
  await hours(2);
  assert.ok(state.reads > reads && health.status.passes > 0);
  assert.deepEqual(health.warnings(), []);
  await end();
});
