import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { fits, hardwareMatters, type Selectable } from './selector.ts';

const GIB = 2 ** 30;
const ada: Selectable = {
  name: 'ada',
  labels: { disk: 'ssd', rack: '1' },
  pool: 'front',
  profile: 'xen',
  hardware: {
    cpuVendor: 'amd',
    memory: 63.5 * GIB,
    manufacturer: 'Dell Inc.',
    product: 'PowerEdge R7415',
    cpus: 64,
    firmware: 'uefi',
  },
};

test('all parts of a selector must fit', () => {
  assert.ok(fits(undefined, ada));
  assert.ok(fits({ labels: { disk: 'ssd', rack: '1' }, pool: 'front', profile: 'xen' }, ada));
  assert.ok(!fits({ labels: { disk: 'ssd', rack: '2' } }, ada));
  assert.ok(!fits({ labels: { disk: 'ssd' }, name: 'bob' }, ada));
  assert.ok(!fits({ labels: { disk: 'ssd' }, pool: 'back' }, ada));
  assert.ok(!fits({ profile: 'nixos' }, ada));
});

test('`*` stands for any characters and nothing else is special', () => {
  for (const name of ['a*', '*', 'ada', '*a', 'a*a', '*d*', '**']) assert.ok(fits({ name }, ada), name);
  for (const name of ['a.a', 'ad', 'ada*a', 'A*', '*b*', 'ad*da']) assert.ok(!fits({ name }, ada), name);
  assert.ok(!fits({ name: '*' }, { labels: {} }), 'a host without a name is chosen by no name');
});

test('hardware is compared in its own words; a twentieth of the memory may be kept by firmware', () => {
  const by = (hardware: Record<string, unknown>): boolean => fits({ hardware }, ada);
  assert.ok(by({ cpuVendor: 'amd', memoryAtLeast: 64 * GIB, manufacturer: 'dell*', product: '* R7415' }));
  assert.ok(!by({ memoryAtLeast: 70 * GIB }));
  assert.ok(!by({ cpuVendor: 'intel' }));
  assert.ok(!by({ product: 'PowerEdge' }));
  assert.ok(by({ cpusAtLeast: 64, firmware: 'uefi' }));
  assert.ok(!by({ cpusAtLeast: 65 }));
  assert.ok(!by({ firmware: 'bios' }));
});

test('what is not known of the hardware fits nothing', () => {
  const silent = { ...ada, hardware: undefined };
  assert.ok(!fits({ hardware: { memoryAtLeast: 1 } }, silent));
  assert.ok(!fits({ hardware: { product: '*' } }, silent));
  assert.ok(!fits({ hardware: { cpusAtLeast: 1 } }, silent));
  assert.ok(!fits({ hardware: { firmware: 'bios' } }, silent));
});

test('hardware matters to those only whom all other parts fit', () => {
  const settings = [{ for: { labels: { disk: 'ssd' }, hardware: { cpuVendor: 'amd' } }, kernelArgs: ['x'] }];
  assert.ok(hardwareMatters(cluster({ settings }), ada));
  assert.ok(!hardwareMatters(cluster({ settings }), { labels: { disk: 'hdd' } }));
  assert.ok(!hardwareMatters(cluster({}), ada));
});
