import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCpio, writeCpio } from '../image/cpio.ts';
import { DecodeError } from '../net/bytes.ts';
import { heaviestMicrocode, INTEL_FILE, microcodeFor } from './microcode.ts';

/** An update as Intel's manual lays it out; `more` are signatures of its extended table. */
function update(signature: number, data: number, more: readonly number[] = []): Uint8Array {
  const extended = more.length === 0 ? 0 : 20 + 12 * more.length;
  const bytes = new Uint8Array(48 + data + extended);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1, true);
  view.setUint32(12, signature, true);
  view.setUint32(28, data, true);
  view.setUint32(32, bytes.length, true);
  if (more.length > 0) view.setUint32(48 + data, more.length, true);
  more.forEach((one, index) => view.setUint32(48 + data + 20 + 12 * index, one, true));
  return bytes;
}

const archive = (...updates: Uint8Array[]): Uint8Array =>
  writeCpio([{ kind: 'file', path: INTEL_FILE, mode: 0o644, bytes: Buffer.concat(updates) }]);

const fileOf = (bytes: Uint8Array | undefined): Uint8Array | undefined => {
  const file = bytes && readCpio(bytes).find(({ path }) => path === INTEL_FILE);
  return file?.kind === 'file' ? file.bytes : undefined;
};

test('a processor gets the updates that name it, also those that name it in their extended table', () => {
  const [one, two, three] = [update(0x806f8, 1024), update(0x50657, 2048), update(0x50654, 512, [0x806f8, 0x1])];
  const all = archive(one, two, three);
  assert.deepEqual(fileOf(microcodeFor(all, 0x806f8)), new Uint8Array(Buffer.concat([one, three])));
  assert.deepEqual(fileOf(microcodeFor(all, 0x50657)), two);
  assert.equal(microcodeFor(all, 0x12345), undefined);
  assert.equal(heaviestMicrocode(all), two.length);
});

test('an update of the oldest form says no sizes', () => {
  const old = new Uint8Array(2048);
  old[0] = 1;
  old[12] = 0x61;
  assert.deepEqual(fileOf(microcodeFor(archive(old), 0x61)), old);
});

test('a damaged archive is a typed error', () => {
  assert.throws(() => microcodeFor(archive(update(1, 64).subarray(0, 80)), 1), DecodeError);
  assert.throws(() => microcodeFor(archive(new Uint8Array(48)), 1), DecodeError);
  assert.throws(() => microcodeFor(writeCpio([]), 1), DecodeError);
});
