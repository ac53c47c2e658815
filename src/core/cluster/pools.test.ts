import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, entry, mac } from '../../../test/fixtures/cluster.ts';
import { machineOf } from '../boot/machine.ts';
import { profileIn, wishFor } from '../boot/wish.ts';
import { poolNames, poolOf, selectableOf } from './pools.ts';
import type { Hardware } from './selector.ts';
import { settingsFor, valuesOf } from './settings.ts';

const GIB = 2 ** 30;
const LARGE = { hardware: { memoryAtLeast: '64GiB' } };

/** The pool of the first host of a cluster, and the rule. */
function poolIn(parts: Record<string, unknown>, hardware?: Hardware): [pool: string, rule: string] | undefined {
  const wishes = cluster(parts);
  const [first] = wishes.hosts;
  const found = poolOf(wishes, { name: first?.name ?? 'node-1', entry: first, hardware });
  return found && [found.pool, found.rule];
}

test('a host is in the pool that its entry names, before any selector', () => {
  const pools = { compute: { for: { name: 'ada' } }, storage: {} };
  assert.deepEqual(poolIn({ hosts: [entry(1, 'ada', { pool: 'storage' })], pools }), ['storage', 'host.pool']);
  assert.deepEqual(poolIn({ hosts: [entry(1, 'ada')], pools }), ['compute', 'pool.for']);
  assert.equal(poolIn({ hosts: [entry(1, 'bob')], pools }), undefined);
});

test('of pools whose selectors fit, the narrowest has a host; of two that are equally narrow the later one', () => {
  const hosts = [entry(1, 'ada', { labels: { disk: 'ssd' } })];
  const byLabel = { for: { labels: { disk: 'ssd' } } };
  assert.deepEqual(poolIn({ hosts, pools: { a: { for: { name: 'ada' } }, b: byLabel } }), ['a', 'pool.for']);
  assert.deepEqual(poolIn({ hosts, pools: { a: { for: { name: 'a*' } }, b: byLabel } }), ['a', 'pool.for']);
  assert.deepEqual(poolIn({ hosts, pools: { a: byLabel, b: byLabel } }), ['b', 'pool.for']);
  const both = { a: byLabel, b: { for: LARGE } };
  assert.deepEqual(poolIn({ hosts, pools: both }, { memory: 65 * GIB }), ['a', 'pool.for']);
});

test('a machine that is not listed is in a pool by its name or its hardware; of unknown hardware it is in none', () => {
  const pools = { all: { for: { name: 'node-*' } } };
  assert.deepEqual(poolIn({ pools }), ['all', 'pool.for']);
  assert.deepEqual(poolIn({ pools: { large: { for: LARGE } } }, { memory: 64 * GIB }), ['large', 'pool.for']);
  assert.equal(poolIn({ pools: { large: { for: LARGE } } }), undefined);
});

test('the pools that are there: those that are described, and those that only hosts name', () => {
  const wishes = cluster({ hosts: [entry(1, 'ada', { pool: 'x' }), entry(2, 'bob', { pool: 'x' })], pools: { a: {} } });
  assert.deepEqual(poolNames(wishes), ['a', 'x']);
});

const told = { uuid: '', serial: '' };
const wishOf = (parts: Record<string, unknown>, hardware?: Hardware) =>
  machineOf(cluster(parts), mac(1), { ...told, hardware }).wish;

test("a host boots its own profile, else its pool's, else one that chooses it, else the default", () => {
  const rest = {
    pools: { front: { for: { labels: { rack: '1' } }, profile: 'local' }, back: {} },
    profiles: { quiet: { payload: { kind: 'xen' }, for: { name: 'ada' } } },
  };
  const rules = [{ labels: { rack: '1' }, profile: 'xen' }, { labels: { rack: '1' } }, { pool: 'back' }].map((more) => {
    const wish = wishOf({ ...rest, hosts: [entry(1, 'ada', more)] });
    return [wish.rule, profileIn(wish)?.name];
  });
  assert.deepEqual(rules, [
    ['host.profile', 'xen'],
    ['pool.profile', 'local'],
    ['profile.for', 'quiet'],
  ]);
  assert.equal(wishOf({ ...rest, hosts: [entry(1, 'bob')] }).rule, 'boot.default');
});

test('settings and profiles choose by the pool that a selector gave', () => {
  const wishes = cluster({
    hosts: [entry(1, 'ada', { labels: { rack: '1' } }), entry(2, 'bob')],
    pools: { front: { for: { labels: { rack: '1' } } } },
    profiles: { quiet: { payload: { kind: 'local' }, for: { pool: 'front' } } },
    settings: [{ for: { pool: 'front' }, modules: ['nf_conntrack'] }],
  });
  const of = (n: number) => {
    const machine = machineOf(wishes, mac(n), told);
    return [profileIn(machine.wish)?.name, ...valuesOf(settingsFor(selectableOf(wishes, machine), wishes).modules)];
  };
  assert.deepEqual([of(1), of(2)], [['quiet', 'nf_conntrack'], ['xen']]);
});

test('where hardware decides about the pool a machine is asked first, unless its entry names one', () => {
  const pools = { large: { for: LARGE, profile: 'local' }, small: {} };
  assert.equal(wishOf({ pools, hosts: [entry(1, 'ada')] }).rule, 'hardware.ask');
  assert.equal(wishOf({ pools, hosts: [entry(1, 'ada')] }, { memory: 64 * GIB }).rule, 'pool.profile');
  assert.equal(wishOf({ pools, hosts: [entry(1, 'ada')] }, { memory: GIB }).rule, 'boot.default');
  assert.equal(wishOf({ pools, hosts: [entry(1, 'ada', { pool: 'small' })] }).rule, 'boot.default');
});

test('a pool named like something of every object says nothing', () => {
  const wishes = cluster({ hosts: [entry(1, 'ada', { pool: 'constructor' })] });
  const wish = wishFor(wishes, { name: 'ada', entry: wishes.hosts[0], told: { uuid: true, serial: true } });
  assert.equal(wish.rule, 'boot.default');
});
