import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, uuid, vm, wanted } from '../../../test/fixtures/cluster.ts';
import { hello, kinds, seen, withSr, withVdi } from '../../../test/fixtures/planning.ts';
import { entrust, EMPTY_INVENTORY } from '../inventory/inventory.ts';
import { plan } from './plan.ts';

const HOSTS = [entry(1, 'ada'), entry(2, 'bob', { labels: { rack: '2' } })];
const POOLS = { back: { for: { labels: { rack: '2' } } }, front: {} };
const inPool = (pool: string, more: Record<string, unknown> = {}) =>
  wanted({ hosts: HOSTS, pools: POOLS, vms: [vm('hello', { pool, ...more })] });

test('a VM that names a pool goes to a host of that pool, and to no other that would do', () => {
  assert.deepEqual(kinds(inPool('back'), seen(withSr(1), withSr(2))), { [uuid(2)]: ['vdi.create'] });
  assert.deepEqual(kinds(inPool('back', { disk: undefined }), seen(withSr(1), withSr(2)))[uuid(2)], ['vm.start']);
});

test('a VM whose pool has no host that is up, or none with room, says so', () => {
  const both = seen(withSr(1), withSr(2));
  assert.deepEqual(kinds(inPool('front'), both), {});
  const { state, host, reason } = hello(inPool('front'), both);
  assert.deepEqual([state, host, reason], ['waiting', null, 'no host of the pool front has reported yet']);
  const full = hello(inPool('back'), seen(withSr(1), withSr(2, { SRs: [] })));
  assert.equal(full.reason, 'no host of the pool back fits: bob has no storage');
});

test('a disk on a host outside the pool is left where it is and not started from, and the reason is shown', () => {
  const found = seen(withVdi(1), withSr(2));
  assert.deepEqual(kinds(inPool('back'), found), {});
  assert.match(hello(inPool('back'), found).reason ?? '', /its disk is on ada, which is not in the pool back/);
});

test('what was ordered before the pool was changed is ordered nowhere else, and no more of the host that left it', () => {
  const both = seen(withSr(1), withSr(2));
  const first = plan(inPool('back'), both);
  const told = entrust(both, first.orders, uuid(2));
  const moved = wanted({
    hosts: HOSTS,
    pools: { back: { for: { name: 'ada' } } },
    vms: [vm('hello', { pool: 'back' })],
  });
  assert.deepEqual(kinds(moved, told), {});
  assert.match(hello(moved, told).reason ?? '', /bob was told to make it, and is not in the pool back/);
});

test('hardware that a host reports can put it into a pool', () => {
  const want = wanted({
    hosts: HOSTS,
    pools: { large: { for: { hardware: { cpusAtLeast: 64 } } } },
    vms: [vm('hello', { pool: 'large' })],
  });
  assert.deepEqual(kinds(want, seen(withSr(1), withSr(2, { host: { cpu_count: 64 } }))), { [uuid(2)]: ['vdi.create'] });
  assert.deepEqual(kinds(want, EMPTY_INVENTORY), {});
});
