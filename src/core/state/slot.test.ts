import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { choose } from './choose.ts';
import { readParts, writeParts } from './parts.ts';
import { bodyRoom, GUARD, NewerRecord, readSlot, writeSlot } from './slot.ts';

const SLOT = 2 * GUARD + 4096;
const body = new Uint8Array(Buffer.from('the state of a cluster'));

function slotOf(counter: number, bytes = body): Uint8Array {
  const slot = new Uint8Array(SLOT);
  slot.set(writeSlot({ counter, body: bytes }), GUARD);
  return slot;
}

test('a record is read as it was written, up to the largest counter and the longest body', () => {
  for (const counter of [0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assert.deepEqual(readSlot(slotOf(counter)), { counter, body });
  }
  const longest = new Uint8Array(bodyRoom(SLOT)).fill(7);
  assert.equal(writeSlot({ counter: 1, body: longest }).length, SLOT - 2 * GUARD);
  assert.deepEqual(readSlot(slotOf(1, longest))?.body, longest);
  assert.equal(readSlot(new Uint8Array(SLOT)), undefined);
});

test('a record has the layout that is written down, and the hash covers all but itself', () => {
  const bytes = Buffer.from(writeSlot({ counter: 0x1_0000_0002, body }));
  assert.equal(bytes.length % 512, 0);
  assert.equal(bytes.toString('latin1', 0, 8), 'pxenslot');
  assert.deepEqual(
    [8, 12, 16, 20].map((at) => bytes.readUInt32BE(at)),
    [1, body.length, 1, 2],
  );
  const sum = createHash('sha256').update(bytes.subarray(0, 24)).update(body).digest();
  assert.deepEqual(bytes.subarray(24, 56), sum);
});

test('every flipped bit of a record is found, and one outside of it does no harm', () => {
  const slot = slotOf(3);
  for (let at = GUARD; at < GUARD + 56 + body.length; at += 1) {
    slot[at] = (slot[at] ?? 0) ^ 0x10;
    assert.throws(() => readSlot(slot), DecodeError, `byte ${at}`);
    slot[at] = (slot[at] ?? 0) ^ 0x10;
  }
  slot[GUARD - 1] = 1;
  slot[GUARD + 56 + body.length] = 1;
  assert.equal(readSlot(slot)?.counter, 3);
});

test('a slot that is cut short, at any byte, is refused', () => {
  const slot = slotOf(3);
  for (const length of [0, 1, GUARD, GUARD + 23, GUARD + 55, GUARD + 56 + body.length - 1]) {
    const part = slot.subarray(0, length);
    if (length > 2 * GUARD) assert.throws(() => readSlot(part), DecodeError);
    else assert.ok(readSlotOr(part) === undefined);
  }
});

const readSlotOr = (bytes: Uint8Array): unknown => {
  try {
    return readSlot(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return undefined;
  }
};

test('of the slots that verify the highest counter is in force, and never the next to be written', () => {
  const found = choose([
    { name: 'a', bytes: slotOf(7) },
    { name: 'b', bytes: slotOf(9) },
    { name: 'c', bytes: slotOf(8) },
  ]);
  assert.deepEqual([found.kind, found.current?.counter, found.next], ['kept', 9, ['a', 'c']]);
});

test('a damaged slot is told of, and overwritten before a good one', () => {
  const torn = slotOf(9);
  torn[GUARD + 60] = 0;
  const found = choose([
    { name: 'a', bytes: slotOf(6) },
    { name: 'b', bytes: torn },
    { name: 'c', bytes: slotOf(8) },
    { name: 'd', bytes: { unreadable: 'input/output error' } },
  ]);
  assert.deepEqual([found.current?.counter, found.next], [8, ['b', 'a', 'd']]);
  assert.deepEqual(found.damaged, [
    { name: 'b', why: 'its record is torn or damaged' },
    { name: 'd', why: 'input/output error' },
  ]);
});

test('a drive on which nothing was ever written whole is virgin; one whose slots are all damaged has lost its state', () => {
  const empty = { name: 'b', bytes: new Uint8Array(SLOT) };
  const torn = slotOf(1);
  torn[GUARD + 60] = 0;
  const bad = { name: 'a', bytes: torn };
  const away = { name: 'a', bytes: { unreadable: 'gone' } };
  assert.equal(choose([empty, empty]).kind, 'virgin');
  assert.equal(choose([bad, empty]).kind, 'virgin');
  assert.equal(choose([bad, { ...bad, name: 'b' }]).kind, 'lost');
  assert.equal(choose([away, empty]).kind, 'lost');
});

test('a record of a later version is never taken for damaged', () => {
  const newer = slotOf(4);
  newer[GUARD + 11] = 2;
  assert.throws(() => readSlot(newer), NewerRecord);
  assert.equal(
    choose([
      { name: 'a', bytes: newer },
      { name: 'b', bytes: slotOf(3) },
    ]).kind,
    'newer',
  );
});

test('parts are read as they were written; anything else is refused', () => {
  const parts = new Map([
    ['identity', Uint8Array.of(1, 2)],
    ['cluster.yaml', Uint8Array.of()],
    ['later-part', Uint8Array.of(9)],
  ]);
  const bytes = writeParts(parts);
  assert.deepEqual(new Map(readParts(bytes)), parts);
  assert.deepEqual(writeParts(readParts(bytes)), bytes);
  for (let length = 1; length < bytes.length; length += 1) {
    // Between two parts an end is an end.
    if (readPartsOr(bytes.subarray(0, length)) === undefined) continue;
    assert.deepEqual(writeParts(readParts(bytes.subarray(0, length))), bytes.subarray(0, length));
  }
  assert.throws(() => readParts(Uint8Array.of(...bytes, ...bytes)), DecodeError);
  assert.throws(() => writeParts(new Map([['No Name', Uint8Array.of()]])), DecodeError);
});

const readPartsOr = (bytes: Uint8Array): unknown => {
  try {
    return readParts(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return undefined;
  }
};
