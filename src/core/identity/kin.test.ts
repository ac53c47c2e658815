import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newIdentity, successor } from './identity.ts';
import { kinOf } from './kin.ts';

const keys = { publicKey: 'AAAA', privateKey: 'BBBB' };
const chance = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
const own = newIdentity(keys, chance(1));

test('a drive that took the place of another goes before it, in either order of looking', () => {
  const next = successor(own, chance(2));
  assert.equal(kinOf(own, next), 'successor');
  assert.equal(kinOf(next, own), 'former');
  assert.equal(kinOf(own, successor(next, chance(3))), 'successor');
});

test('of two that took the place of one drive, exactly one goes before the other', () => {
  const [a, b] = [successor(own, chance(2)), successor(own, chance(3))];
  assert.deepEqual([kinOf(a, b), kinOf(b, a)].toSorted(), ['former', 'successor']);
});

test('a copy is a copy; without the key of the cluster a drive is a stranger, whatever it says', () => {
  assert.equal(kinOf(own, { ...own }), 'copy');
  assert.equal(kinOf(own, { ...successor(own, chance(2)), privateKey: 'CCCC' }), 'stranger');
  assert.equal(kinOf(own, newIdentity({ publicKey: 'DDDD', privateKey: 'EEEE' }, chance(1))), 'stranger');
});
