import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Capture } from './capture.ts';
import { pcapHeader, pcapRecord, TCP_KEPT } from './pcap.ts';
import { ADA, BEA, frame, plain } from './testframes.ts';

test('the header says classic pcap, version 2.4, Ethernet', () => {
  assert.equal(pcapHeader().toString('hex'), 'd4c3b2a1020004000000000000000000000004000100 0000'.replace(' ', ''));
});

test('a record has seconds, microseconds, both lengths and the frame', () => {
  const record = pcapRecord(1_700_000_000_123.456, plain(BEA, ADA, 5));
  assert.equal(record.readUInt32LE(0), 1_700_000_000);
  assert.equal(record.readUInt32LE(4), 123_456);
  assert.deepEqual([record.readUInt32LE(8), record.readUInt32LE(12)], [60, 60]);
  assert.deepEqual(record.subarray(16), plain(BEA, ADA, 5));
});

test('of TCP only the beginning is kept, and the true length told', () => {
  const ip = Buffer.alloc(1500);
  ip[0] = 0x45;
  ip[9] = 6;
  const record = pcapRecord(0, frame(BEA, ADA, 0x0800, ip));
  assert.deepEqual([record.readUInt32LE(8), record.readUInt32LE(12), record.length], [TCP_KEPT, 1514, 16 + TCP_KEPT]);
});

test('a capture holds all frames once it is closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-pcap-'));
  try {
    const capture = new Capture(join(folder, 'a.pcap'));
    for (let tag = 0; tag < 5000; tag++) capture.add(tag, plain(BEA, ADA, tag & 255));
    capture.close();
    capture.close();
    assert.equal(readFileSync(capture.path).length, 24 + 5000 * 76);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
