import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mac } from '../net/mac.ts';
import { meet, type Sign } from './twins.ts';

const [A, B, C] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as Mac[] as [Mac, Mac, Mac];

/** Whom these signs show to be different machines. */
function all(...signs: readonly (readonly [Mac, number])[]): readonly Mac[] {
  let known: readonly Sign[] = [];
  const found = new Set<Mac>();
  for (const [mac, boot] of signs) {
    const met = meet(known, { mac, boot });
    known = met.signs;
    for (const one of met.macs) found.add(one);
  }
  return [...found].sort();
}

test('two machines that run at the same time are told apart as soon as each was heard beside the other', () => {
  assert.deepEqual(all([A, 1], [A, 1], [B, 1], [A, 1]), [A, B]);
  assert.deepEqual(all([A, 1], [B, 1], [C, 1], [A, 1]), [A, B, C]);
});

test('one machine that boots by its other card, and back, is one machine', () => {
  assert.deepEqual(all([A, 1], [B, 5], [B, 5], [A, 9], [A, 9], [B, 12], [C, 13], [A, 14]), []);
});

test('signs are bounded, however many cards claim a UUID', () => {
  let known: readonly Sign[] = [];
  for (let n = 0; n < 1000; n += 1) known = meet(known, { mac: `52:54:00:00:00:${n}` as Mac, boot: n }).signs;
  assert.ok(known.length <= 16);
});
