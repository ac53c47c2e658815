import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { test } from 'node:test';
import { bootScript } from './bootScript.ts';

test('G: the script for U-Boot is an image of the kind that `source` reads, with the sums of its header and its data', () => {
  const image = Buffer.from(bootScript());
  const [header, data] = [Buffer.from(image.subarray(0, 64)), image.subarray(64)];
  const sum = header.readUInt32BE(4);
  header.writeUInt32BE(0, 4);
  assert.equal(sum, crc32(header));
  assert.equal(header.readUInt32BE(0), 0x27051956);
  assert.equal(header.readUInt32BE(12), data.length);
  assert.equal(header.readUInt32BE(24), crc32(data));
  assert.equal(header[30], 6, 'its type is that of a script');
  assert.deepEqual([data.readUInt32BE(0), data.readUInt32BE(4)], [data.length - 8, 0]);
  assert.equal(data.subarray(8).toString(), 'pxe get && pxe boot\n');
});
