import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../src/core/net/bytes.ts';
import { Framer } from './framer.ts';
import { framed } from './testframes.ts';

const FRAMES = [Buffer.alloc(60, 1), Buffer.alloc(0), Buffer.alloc(1514, 2), Buffer.alloc(3, 3), Buffer.alloc(9000, 4)];

function cut(stream: Buffer, size: number): Buffer[] {
  const framer = new Framer();
  const out: Buffer[] = [];
  for (let at = 0; at < stream.length; at += size) {
    framer.push(stream.subarray(at, at + size), (bytes, start, end) =>
      out.push(Buffer.from(bytes.subarray(start, end))),
    );
  }
  return out;
}

test('gives the same frames however the stream is cut', () => {
  const stream = framed(...FRAMES);
  for (const size of [1, 2, 3, 4, 5, 7, 63, 64, 65, 1000, 1518, 4096, stream.length]) {
    assert.deepEqual(
      cut(stream, size),
      FRAMES.map((frame) => framed(frame)),
      `pieces of ${size}`,
    );
  }
});

test('does not copy frames that stand whole in a piece', () => {
  const stream = framed(...FRAMES);
  const buffers = new Set<Buffer>();
  new Framer().push(stream, (bytes) => buffers.add(bytes));
  assert.deepEqual([...buffers], [stream]);
});

test('refuses a length that no frame has', () => {
  assert.throws(() => cut(Buffer.alloc(8, 0xff), 8), DecodeError);
  assert.throws(() => cut(Buffer.alloc(8, 0xff), 3), DecodeError);
});
