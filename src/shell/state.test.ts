import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { tinyDrive } from '../../test/fixtures/tinyDrive.ts';
import { SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { bodyRoom, GUARD } from '../core/state/slot.ts';
import { below, seededChance } from './chance.ts';
import { openDisk } from './disk.ts';
import { anyFate, FakeSlots, PowerCut, type Fate } from './fake/slots.ts';
import { run } from './run.ts';
import { openSlots } from './slots.ts';
import { readState, writeState } from './state.ts';

/** Small enough that every way in which a write can end is tried; neighbouring slots are as far apart as on a drive. */
const SMALL = 2 * GUARD + 4 * 512;
const body = (fill: number, sectors: number): Uint8Array => new Uint8Array(sectors * 512 - 56).fill(fill);
const fresh = (): FakeSlots => new FakeSlots(SLOTS, SMALL);

/** What is in force: the byte that fills the body, 0 for a virgin drive. */
async function inForce(slots: FakeSlots): Promise<number> {
  const { kind, current } = await readState(slots);
  if (kind === 'virgin') return 0;
  assert.equal(kind, 'kept');
  assert.ok(current !== undefined);
  const [first = 0] = current.body;
  assert.ok(
    current.body.every((byte) => byte === first),
    'a mixture of two states',
  );
  return first;
}

function* fatesOf(sectors: number): Generator<readonly Fate[]> {
  for (let number = 0; number < 3 ** sectors; number += 1) {
    yield Array.from(
      { length: sectors },
      (_, at) => (['old', 'new', 'torn'] as const)[Math.floor(number / 3 ** at) % 3] ?? 'old',
    );
  }
}

for (const reach of [0, GUARD / 512]) {
  test(`cut at every write, whatever becomes of each sector and of ${reach} beside them: the old state or the new one`, async () => {
    let ends = 0;
    for (let before = 0; before < 4; before += 1) {
      const start = fresh();
      for (let state = 1; state <= before; state += 1) await writeState(start, body(state, 3));
      for (const fates of fatesOf(4)) {
        const slots = fresh();
        slots.disk.set(start.disk);
        slots.reach = reach;
        slots.cut = () => fates;
        await assert.rejects(writeState(slots, body(before + 1, 4)));
        slots.powerOn();
        const now = await inForce(slots);
        const isWhole = fates.every((fate) => fate === 'new');
        assert.equal(now, isWhole ? before + 1 : before, `${before} ${fates.join(' ')}`);
        await writeState(slots, body(200, 2));
        assert.equal(await inForce(slots), 200);
        ends += 1;
      }
    }
    assert.equal(ends, 4 * 81);
  });
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`a life of cuts, one after another (seed ${seed}): what was acknowledged is never lost`, async () => {
    const chance = seededChance(seed);
    const slots = fresh();
    slots.reach = GUARD / 512;
    let [kept, tried] = [0, 0];
    for (let state = 1; state < 120; state += 1) {
      tried = state;
      slots.cut = chance.next() < 0.6 ? anyFate(chance) : undefined;
      const acknowledged = await writeState(slots, body(state, 1 + below(chance, 4))).then(
        () => true,
        () => false,
      );
      slots.powerOn();
      const now = await inForce(slots);
      assert.ok(now === tried || (now === kept && !acknowledged), `${now} is neither ${tried} nor ${kept}`);
      kept = now;
    }
  });
}

test('a slot that keeps other bytes than it was given, or fails, is told of; what was in force stays', async () => {
  for (const how of ['bits', 'write'] as const) {
    const slots = fresh();
    await writeState(slots, body(1, 1));
    for (const name of slots.names) slots.broken.set(name, how);
    await assert.rejects(writeState(slots, body(2, 1)), /could not be kept on the drive: state\/b.bin/);
    assert.equal(await inForce(slots), 1);
  }
});

test('with a third slot a failing one is passed over', async () => {
  const slots = new FakeSlots(['a', 'b', 'c'], SMALL);
  await writeState(slots, body(1, 1));
  slots.broken.set('b', 'bits');
  assert.equal(await writeState(slots, body(2, 1)), 'c');
  assert.equal(await inForce(slots), 2);
});

test('a slot that cannot be read for a while is not written over the one in force', async () => {
  const slots = fresh();
  await writeState(slots, body(1, 1));
  await writeState(slots, body(2, 1));
  slots.broken.set('state/b.bin', 'read');
  assert.equal(await inForce(slots), 1);
  await assert.rejects(writeState(slots, body(3, 1)));
  slots.broken.clear();
  assert.equal(await inForce(slots), 3);
});

test('a drive whose state is lost, or written by a later version, is not written to', async () => {
  const lost = fresh();
  lost.disk.fill(1);
  await assert.rejects(writeState(lost, body(1, 1)), /no slot of the drive holds a good record: state.a.bin: /);
  const newer = fresh();
  await writeState(newer, body(1, 1));
  newer.disk[GUARD + 11] = 9;
  const before = newer.disk.slice();
  await assert.rejects(writeState(newer, body(2, 1)), /later version/);
  assert.deepEqual(newer.disk, before);
});

test('a state that does not fit is refused before anything is written', async () => {
  const slots = fresh();
  await assert.rejects(writeState(slots, new Uint8Array(bodyRoom(SLOT_BYTES) + 1)), /a slot holds/);
  assert.equal(slots.writes, 0);
});

test('a cut is a cut: the fake keeps nothing that it was not told to', async () => {
  const slots = fresh();
  slots.cut = () => ['old', 'new'];
  await assert.rejects(slots.write('state/a.bin', GUARD, new Uint8Array(1024).fill(5)), PowerCut);
  assert.deepEqual([slots.disk[GUARD], slots.disk[GUARD + 512]], [0, 5]);
});

test('on the image of a drive only the sectors of one slot change: no folder, no FAT, no other file', async (t) => {
  const path = join(folderFor(t), 'drive.img');
  const before = tinyDrive();
  await writeFile(path, before);
  const slots = openSlots(path, run);
  assert.equal((await readState(slots)).kind, 'virgin');
  await writeState(slots, body(7, 3));
  await writeState(slots, body(8, 3));
  const { current } = await readState(openSlots(path, run));
  assert.deepEqual([current?.counter, Buffer.from(current?.body ?? [])], [2, Buffer.from(body(8, 3))]);
  const disk = await openDisk(path);
  t.after(() => disk.close());
  const after = await disk.read(0, disk.size);
  const changed = new Set<number>();
  for (let at = 0; at < before.length; at += 512) {
    if (Buffer.compare(before.subarray(at, at + 512), after.subarray(at, at + 512)) !== 0) changed.add(at / 512);
  }
  assert.equal(changed.size, 6);
});

test('the slots of a folder are files, and their size does not change', async (t) => {
  const folder = folderFor(t);
  await mkdir(join(folder, 'state'));
  for (const name of SLOTS) await writeFile(join(folder, name), new Uint8Array(SLOT_BYTES));
  const slots = openSlots(folder, run);
  assert.equal(await writeState(slots, body(1, 2)), 'state/a.bin');
  assert.equal(await writeState(slots, body(2, 2)), 'state/b.bin');
  assert.equal((await readState(slots)).current?.counter, 2);
  for (const name of SLOTS) assert.equal((await stat(join(folder, name))).size, SLOT_BYTES);
});

test('a drive without slots is named in a sentence', async (t) => {
  const folder = folderFor(t);
  const { kind, damaged } = await readState(openSlots(folder, run));
  assert.equal(kind, 'lost');
  assert.match(damaged[0]?.why ?? '', /state\/a.bin is not there/);
});
