import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disk, domain, entry, report, uuid, vm, wanted } from '../../../test/fixtures/cluster.ts';
import { seen, two, HELLO, DISK, withSr, withVdi, kinds, hello } from '../../../test/fixtures/planning.ts';
import { absorb, entrust, MISSED_UNTIL_LOST, pass } from '../inventory/inventory.ts';
import { plan } from './plan.ts';
import { PATIENCE } from './settled.ts';

test('a VM without a disk anywhere waits for every host that may hold it', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const waiting = hello(want, seen(withSr(1)));
  assert.equal(waiting.state, 'waiting');
  assert.match(waiting.reason ?? '', /host bob/);
  assert.deepEqual(kinds(want, seen(withSr(1))), {});
  assert.deepEqual(kinds(want, seen(withSr(1), withSr(2))), { [uuid(1)]: ['vdi.create'] });
});

test('it does not wait for hosts that are not woken', () => {
  const want = wanted({ hosts: [entry(1, 'ada'), entry(2, 'bob', { wake: false })], vms: [vm('hello')] });
  assert.deepEqual(kinds(want, seen(withSr(1))), { [uuid(1)]: ['vdi.create'] });
});

test('a host that cannot see its disks is waited for without end, and asked nothing', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const blind = report(2, { complete: false, disks: [] });
  const late = { ...seen(withSr(1), blind), rounds: PATIENCE + 1 };
  assert.match(hello(want, late).reason ?? '', /bob, which cannot see/);
  assert.deepEqual(kinds(want, late), {});
});

test('a VM starts where its disk is found, at once, whoever else is still missing', () => {
  const want = wanted({ ...two, vms: [vm('hello', { network: 'main' })], networks: { main: {} } });
  const { steps, vms } = plan(want, seen(withVdi(2)));
  const [step] = steps[uuid(2)] ?? [];
  assert.equal(step?.kind, 'vm.start');
  assert.equal(step?.kind === 'vm.start' && step.vdi?.uuid, DISK);
  assert.match((step?.kind === 'vm.start' && step.mac) || '', /^00:16:3e:/);
  assert.deepEqual([vms[0]?.state, vms[0]?.host], ['starting', 'bob']);
});

test('a disk on a host that has gone silent is waited for, never made again', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const silent = pass(seen(withVdi(2)), MISSED_UNTIL_LOST + PATIENCE);
  const inventory = absorb(silent, withSr(1)).inventory;
  assert.match(hello(want, inventory).reason ?? '', /on bob, which cannot be asked/);
  assert.deepEqual(kinds(want, inventory), {});
});

test('two copies of a disk: a person decides', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const both = seen(withVdi(1), withVdi(2));
  assert.deepEqual([hello(want, both).state, kinds(want, both)], ['failed', {}]);
  assert.match(hello(want, both).reason ?? '', /ada and bob/);
});

test('a VM that Xen has anywhere, in whatever state, is not started', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const states = { Running: 'running', Paused: 'running', Crashed: 'failed', Halted: 'waiting' } as const;
  for (const [power, state] of Object.entries(states)) {
    const inventory = seen(withVdi(1), withSr(2, { VMs: [domain(HELLO, power as keyof typeof states)] }));
    assert.deepEqual([hello(want, inventory).state, kinds(want, inventory)], [state, {}], power);
  }
});

test('a VM that runs twice is running, with a warning to a person', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const twice = seen(withVdi(1, { VMs: [domain(HELLO)] }), withSr(2, { VMs: [domain(HELLO)] }));
  assert.match(hello(want, twice).reason ?? '', /ada and bob: stop one/);
});

test('a VM of a host that has gone silent may run there still', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const silent = pass(seen(withVdi(2, { VMs: [domain(HELLO)] })), MISSED_UNTIL_LOST);
  const inventory = absorb(silent, withVdi(1)).inventory;
  assert.deepEqual([hello(want, inventory).state, kinds(want, inventory)], ['waiting', {}]);
});

test('a VM that was told to start on a host gone silent is not started elsewhere', () => {
  const want = wanted({ ...two, vms: [{ name: 'hello', memory: '256MiB' }] });
  const first = seen(report(1, { disks: [disk(1, 'ours')] }), report(2, { disks: [disk(2, 'ours')] }));
  const { orders, steps } = plan(want, first);
  assert.deepEqual(Object.keys(steps), [uuid(1)]);
  const told = pass(entrust(first, orders, uuid(1)), MISSED_UNTIL_LOST);
  const later = absorb(told, report(2, { counter: 2, disks: [disk(2, 'ours')] })).inventory;
  assert.deepEqual([hello(want, later).state, kinds(want, later)], ['waiting', {}]);
  const rebooted = absorb(later, report(1, { boot_id: 'second', disks: [disk(1, 'ours')] })).inventory;
  assert.deepEqual(kinds(want, rebooted), { [uuid(1)]: ['vm.start'] });
});

test('a disk that a host was told to make is made nowhere else, though that host goes silent', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const first = seen(withSr(1), withSr(2));
  const told = pass(entrust(first, plan(want, first).orders, uuid(1)), MISSED_UNTIL_LOST + PATIENCE);
  const later = absorb(told, withSr(2, { counter: 2 })).inventory;
  assert.match(hello(want, later).reason ?? '', /ada was told to make it/);
  assert.deepEqual(kinds(want, later), {});
});

test('what was planned for a host but never told to it binds nobody', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const first = seen(withSr(1), withSr(2));
  const untold = pass(entrust(first, plan(want, first).orders, uuid(2)), MISSED_UNTIL_LOST);
  const later = absorb(untold, withSr(2, { counter: 2 })).inventory;
  assert.deepEqual(kinds(want, later), { [uuid(2)]: ['vdi.create'] });
});

test('a server that began anew learns from the host itself what is under way', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const making = seen(withSr(1), withSr(2, { doing: [`vdi.create/${DISK}/1`] }));
  assert.deepEqual([hello(want, making).state, hello(want, making).host], ['starting', 'bob']);
  assert.deepEqual(kinds(want, making), {});
});

test('a VM that its guest switched off stays off until its host boots again', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const ran = seen(withVdi(1, { VMs: [domain(HELLO)] }), withSr(2));
  const off = absorb(ran, withVdi(1, { counter: 2 })).inventory;
  assert.deepEqual([hello(want, off).state, kinds(want, off)], ['halted', {}]);
  const again = absorb(off, withVdi(1, { boot_id: 'second' })).inventory;
  assert.deepEqual(kinds(want, again), { [uuid(1)]: ['vm.start'] });
});

test('start: manual and images that the release lacks', () => {
  const here = seen(withVdi(1), withSr(2));
  const manual = wanted({ ...two, vms: [vm('hello', { start: 'manual' })] });
  assert.deepEqual([hello(manual, here).state, kinds(manual, here)], ['halted', {}]);
  const unknown = wanted({ ...two, vms: [vm('hello', { image: 'nope' })] });
  assert.match(hello(unknown, here).reason ?? '', /no image "nope"/);
});
