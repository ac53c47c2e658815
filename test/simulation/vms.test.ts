import assert from 'node:assert/strict';
import { test } from 'node:test';
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
