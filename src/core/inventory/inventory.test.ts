import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domain, report, uuid } from '../../../test/fixtures/cluster.ts';
import type { HostReport } from '../api/report.ts';
import { absorb, EMPTY_INVENTORY, entrust, isLost, MISSED_UNTIL_LOST, pass, type Inventory } from './inventory.ts';

const take = (reports: readonly HostReport[], from: Inventory = EMPTY_INVENTORY): Inventory =>
  reports.reduce((inventory, one) => absorb(inventory, one).inventory, from);

/** All orders of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, index) => orders(list.toSpliced(index, 1)).map((rest) => [first].concat(rest)));
}

const boot = [
  report(1, { counter: 1 }),
  report(1, { counter: 2, VMs: [domain('vm-a')] }),
  report(1, { counter: 3 }),
  report(2, { counter: 1, VMs: [domain('vm-b')] }),
  report(2, { counter: 7 }),
];

test('the order in which reports of one boot arrive does not matter', () => {
  const expected = take(boot);
  for (const order of orders(boot)) assert.deepEqual(take(order).hosts, expected.hosts);
  assert.deepEqual(expected.hosts[uuid(1)]?.ran, ['vm-a']);
});

test('a report heard twice counts once', () => {
  const once = take(boot);
  assert.deepEqual(take(boot, once), once);
});

test('news: a host, a boot, a newer report, an old one', () => {
  const kinds: string[] = [];
  let inventory = EMPTY_INVENTORY;
  for (const one of [
    report(1, { counter: 1 }),
    report(1, { counter: 5 }),
    report(1, { counter: 4 }),
    report(1, { counter: 1, boot_id: 'second' }),
    report(1, { counter: 9 }),
  ]) {
    const taken = absorb(inventory, one);
    kinds.push(taken.news);
    inventory = taken.inventory;
  }
  assert.deepEqual(kinds, ['host', 'newer', 'old', 'boot', 'old']);
  assert.equal(inventory.hosts[uuid(1)]?.report.boot_id, 'second');
});

test('what ran in an earlier boot does not run any more', () => {
  const inventory = take([report(1, { VMs: [domain('vm-a')] }), report(1, { boot_id: 'second' })]);
  assert.deepEqual(inventory.hosts[uuid(1)]?.ran, []);
});

test('a silent host is lost after the stated number of rounds, and back with one report', () => {
  const almost = pass(take([report(1)]), MISSED_UNTIL_LOST - 1);
  const host = (inventory: Inventory) => inventory.hosts[uuid(1)] ?? assert.fail('no host');
  assert.equal(isLost(host(almost)), false);
  assert.equal(isLost(host(pass(almost, 1))), true);
  assert.equal(
    isLost(host(take([report(1, { counter: 1 })], pass(almost, 1)))),
    true,
    'an old report says nothing of now',
  );
  assert.equal(isLost(host(take([report(1, { counter: 2 })], pass(almost, 1)))), false);
});

test('orders bind once they are told, and end with the boot they were given in', () => {
  const order = (n: number) => ({ host: uuid(n), boot: `boot-${n}-1`, sr: null });
  const told = entrust(take([report(1), report(2)]), { a: order(1), b: order(2) }, uuid(1));
  assert.deepEqual(told.orders, { a: order(1) });
  const rebooted = take([report(1, { boot_id: 'second' })], told);
  assert.deepEqual(entrust(rebooted, {}, uuid(1)).orders, {});
});
