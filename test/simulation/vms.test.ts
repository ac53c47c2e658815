import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vdiUuid, vmUuid } from '../../src/core/identity/uuid.ts';
import { entry, vm, wanted } from '../fixtures/cluster.ts';
import { Rack } from './rack.ts';

const SEEDS = 80;
const ROUNDS = 150;

const want = wanted({
  hosts: [entry(1, 'ada'), entry(2, 'bob'), entry(3, 'eve')],
  vms: [vm('a'), vm('b'), vm('c'), { name: 'diskless', memory: '256MiB' }],
});

/** What exists more than once among the things that all hosts have. */
const twice = (things: readonly string[]): string[] => things.filter((thing, index) => things.indexOf(thing) !== index);

const check = (rack: Rack, seed: number, round: number): void => {
  const where = `seed ${seed}, round ${round}`;
  assert.deepEqual(twice(rack.hosts.flatMap((host) => [...host.vdis.keys()])), [], `a disk was made twice: ${where}`);
  assert.deepEqual(twice(rack.hosts.flatMap((host) => host.vms)), [], `a VM runs twice: ${where}`);
};

test(`in ${SEEDS} racks with hosts, reports and servers that fail, nothing is made or started twice`, () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const rack = new Rack(3, want, seed);
    for (let round = 0; round < ROUNDS; round += 1) {
      rack.round();
      check(rack, seed, round);
    }
  }
});

test('when the faults are over, every VM that was not switched off comes to run', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const rack = new Rack(3, want, seed);
    for (let round = 0; round < 40; round += 1) rack.round();
    // A power cut of everything: what a guest or a failure has decided ends with the boot.
    for (const host of rack.hosts) host.off();
    for (let round = 0; round < 100; round += 1) {
      rack.round(true);
      check(rack, seed, round);
    }
    assert.equal(rack.hosts.flatMap((host) => host.vms).length, 4, `seed ${seed}`);
  }
});

const pooled = wanted({
  hosts: [entry(1, 'ada', { pool: 'front' }), entry(2, 'bob', { labels: { rack: '2' } }), entry(3, 'eve')],
  pools: { front: {}, back: { for: { labels: { rack: '2' } } } },
  vms: [vm('a', { pool: 'front' }), vm('b', { pool: 'back' }), { name: 'c', memory: '256MiB', pool: 'back' }],
});

/** The host of each thing that the file allows, by its number. */
const HOMES = new Map([...['a'].map((name) => [name, 1] as const), ...['b', 'c'].map((name) => [name, 2] as const)]);

test('whatever fails, nothing of a VM that names a pool comes to be on a host of another, and all of it comes to run', () => {
  const homeOf = new Map(
    [...HOMES].flatMap(([name, n]) => [vmUuid, vdiUuid].map((id) => [id('lab', name), n] as const)),
  );
  for (let seed = 1; seed <= SEEDS / 2; seed += 1) {
    const rack = new Rack(3, pooled, seed);
    for (let round = 0; round < 140; round += 1) {
      if (round === 40) for (const host of rack.hosts) host.off();
      rack.round(round >= 40);
      for (const host of rack.hosts)
        for (const id of [...host.vdis.keys(), ...host.vms])
          assert.equal(homeOf.get(id), host.n, `seed ${seed}, round ${round}`);
    }
    assert.equal(rack.hosts.flatMap((host) => host.vms).length, 3, `seed ${seed}`);
  }
});
