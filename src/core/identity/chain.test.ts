import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, seededChance, type Chance } from '../../shell/chance.ts';
import { append, chainShape, headOf, MOST_STAMPS, newChain, relation, type Chain } from './chain.ts';
import { compareClaims, type Claim } from './claim.ts';
import { newIdentity, successor } from './identity.ts';

const boots = (chain: Chain, count: number, machine: string): Chain =>
  Array.from({ length: count }).reduce<Chain>((so, _, at) => append(so, { time: at, machine, boot: '' }), chain);

test('a chain counts its boots, and every stamp changes its head', () => {
  let chain = newChain('c');
  const heads = new Set([headOf(chain).hash]);
  for (let boot = 1; boot <= 3 * MOST_STAMPS; boot += 1) {
    chain = append(chain, { time: 0, machine: 'm', boot: '' });
    assert.equal(headOf(chain).counter, boot);
    heads.add(headOf(chain).hash);
  }
  assert.equal(heads.size, 3 * MOST_STAMPS + 1);
});

test('two boots of one machine without a clock have different stamps', () => {
  const heads = ['b1', 'b2'].map((boot) => headOf(append(newChain('c'), { time: 0, machine: 'm', boot })).hash);
  assert.notEqual(heads[0], heads[1]);
});

test('what a chain keeps is bounded, and its head is that of all its boots', () => {
  const long = boots(newChain('c'), MOST_STAMPS + 50, 'm');
  assert.equal(long.stamps.length, MOST_STAMPS);
  assert.equal(long.base.counter, 50);
  assert.ok(chainShape.safeParse(long).success);
  const through = boots(boots(newChain('c'), 50, 'm'), 0, 'm');
  assert.equal(long.base.hash, headOf(through).hash);
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`copies are told apart, whoever asks (seed ${seed})`, () => {
    const chance = seededChance(seed);
    for (let round = 0; round < 40; round += 1) {
      const common = boots(newChain('c'), below(chance, 60), 'm');
      const [more, others] = [below(chance, 60), below(chance, 60)];
      const [one, two] = [boots(common, more, 'a'), boots(common, others, 'b')];
      const found = relation(one, two);
      if (more === 0 || others === 0) {
        assert.equal(found.kind, more === others ? 'same' : more > others ? 'ahead' : 'behind');
      } else assert.deepEqual(found, { kind: 'parted', after: headOf(common).counter });
      const back = relation(two, one);
      const mirror = { ahead: 'behind', behind: 'ahead', same: 'same', parted: 'parted', unknown: 'unknown' } as const;
      assert.equal(back.kind, mirror[found.kind]);
    }
  });
}

test('where two parted before what both have kept, it is said that they parted; where one ends there, nothing is', () => {
  const common = boots(newChain('c'), 5, 'm');
  const [one, two] = [boots(common, MOST_STAMPS + 20, 'a'), boots(common, MOST_STAMPS + 30, 'b')];
  assert.deepEqual(relation(one, two), { kind: 'parted', after: undefined });
  assert.deepEqual(relation(one, common), { kind: 'unknown' });
});

test('chains of two clusters have nothing in common', () => {
  assert.deepEqual(relation(boots(newChain('c'), 3, 'm'), boots(newChain('d'), 3, 'm')), {
    kind: 'parted',
    after: undefined,
  });
});

const word = (chance: Chance): string => String(below(chance, 3));
const anyClaim = (chance: Chance): Claim => ({
  cluster: 'c',
  drive: word(chance),
  generation: 1 + below(chance, 3),
  head: { counter: below(chance, 3), hash: word(chance) },
});

for (const seed of [1, 2, 3]) {
  test(`of any claims one is the best, in whatever order they are heard (seed ${seed})`, () => {
    const chance = seededChance(seed);
    for (let round = 0; round < 2000; round += 1) {
      const [a, b, c] = [anyClaim(chance), anyClaim(chance), anyClaim(chance)];
      assert.equal(Math.sign(compareClaims(a, b)), -Math.sign(compareClaims(b, a)) + 0);
      if (compareClaims(a, b) <= 0 && compareClaims(b, c) <= 0) assert.ok(compareClaims(a, c) <= 0);
      if (compareClaims(a, b) === 0) assert.deepEqual(a, b);
    }
  });
}

test('generation goes before length, length before the drive id', () => {
  const claim = (generation: number, counter: number, drive: string): Claim => ({
    cluster: 'c',
    drive,
    generation,
    head: { counter, hash: '' },
  });
  const sorted = [claim(1, 5, 'a'), claim(2, 1, 'z'), claim(1, 9, 'z'), claim(1, 9, 'b')].toSorted(compareClaims);
  assert.deepEqual(
    sorted.map(({ generation, head, drive }) => [generation, head.counter, drive]),
    [
      [2, 1, 'z'],
      [1, 9, 'b'],
      [1, 9, 'z'],
      [1, 5, 'a'],
    ],
  );
});

test('a cluster is its key; a drive that takes the place of another is of the next generation', () => {
  const keys = { publicKey: 'AAAA', privateKey: 'BBBB' };
  const first = newIdentity(keys, Uint8Array.of(1));
  assert.equal(newIdentity(keys, Uint8Array.of(2)).cluster, first.cluster);
  assert.notEqual(newIdentity({ ...keys, publicKey: 'CCCC' }, Uint8Array.of(1)).cluster, first.cluster);
  const next = successor(first, Uint8Array.of(2));
  assert.deepEqual([next.cluster, next.generation, next.privateKey], [first.cluster, 2, 'BBBB']);
  assert.notEqual(next.drive, first.drive);
});
