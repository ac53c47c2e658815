import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, entry, mac } from '../../../test/fixtures/cluster.ts';
import { HARDWARE_MARKS, hardwareIn } from './hardware.ts';
import { selectableOf } from '../cluster/pools.ts';
import { machineOf } from './machine.ts';
import { profileIn } from './wish.ts';

const query = (text: string) => {
  const parameters = new URLSearchParams(text);
  return { get: (name: string) => parameters.get(name) ?? undefined };
};

test('memory is the sum of the stretches that the board maps: 3 GiB below 4 GiB and 13 above', () => {
  // First and last KiB, little-endian, as SMBIOS structures of type 19 hold them.
  const ram = '00000000ffff2f00.00004000ffff0f01..';
  const found = hardwareIn(query(`cpu=GenuineIntel&maker=Dell%20Inc.&product=R640&ram=${ram}&platform=efi`));
  assert.deepEqual(found, {
    cpuVendor: 'intel',
    manufacturer: 'Dell Inc.',
    product: 'R640',
    memory: 16 * 2 ** 30,
    cpus: undefined,
    firmware: 'uefi',
  });
});

test('processors are the threads of all sockets; one with more than 254 says so in a word', () => {
  const of = (threads: string, more: string) => hardwareIn(query(`ram=...&threads=${threads}&more=${more}`))?.cpus;
  assert.equal(of('40.40..', '4000.4000..'), 128);
  assert.equal(of('ff.ff..', '0001.8001..'), 256 + 384);
  assert.equal(of('ff...', '...'), 255, 'a table of before SMBIOS 3.0 has no word');
  for (const odd of ['...', '', '00.00', 'zz.4', '${smbios/0.4.37.1:hexraw}'])
    assert.equal(of(odd, '...'), undefined, odd);
  assert.equal(hardwareIn(query('ram=...&platform=pcbios'))?.firmware, 'bios');
  assert.equal(hardwareIn(query('ram=...&platform=${platform}'))?.firmware, undefined);
});

const SILENT = { cpus: undefined, firmware: undefined };

test('a build of iPXE that knows none of it, or fills nothing in, has told all the same', () => {
  const nothing = { cpuVendor: undefined, manufacturer: undefined, product: undefined, memory: undefined, ...SILENT };
  assert.deepEqual(hardwareIn(query('cpu=&maker=&product=&ram=...')), nothing);
  assert.deepEqual(hardwareIn(query(HARDWARE_MARKS)), nothing);
  assert.equal(hardwareIn(query('uuid=1')), undefined);
});

const BIG = { for: { hardware: { memoryAtLeast: '64GiB' } }, kernelArgs: ['hugepages=1024'] };
const LINUX = { payload: { kind: 'linux', kernel: 'bzImage' } };
const told = { uuid: '', serial: '' };

test('where hardware decides, a machine is asked first; one that cannot be asked boots what it would without', () => {
  const wishes = cluster({ hosts: [entry(1, 'ada')], settings: [BIG] });
  const { wish } = machineOf(wishes, mac(1), told);
  assert.deepEqual([wish.kind, wish.rule, profileIn(wish)?.name], ['ask', 'hardware.ask', 'xen']);
  const asked = machineOf(wishes, mac(1), { ...told, hardware: {} });
  assert.equal(asked.wish.rule, 'boot.default');
  assert.deepEqual(selectableOf(wishes, asked, 'xen').hardware, {});
});

test('where hardware decides about others only, nobody waits', () => {
  const others = { ...BIG, for: { ...BIG.for, pool: 'back' } };
  const wishes = cluster({ hosts: [entry(1, 'ada')], settings: [others] });
  assert.equal(machineOf(wishes, mac(1), told).wish.rule, 'boot.default');
});

test('a profile chooses by hardware too', () => {
  const profiles = { big: { ...LINUX, for: { hardware: { memoryAtLeast: '64GiB' } } } };
  const wishes = cluster({ hosts: [entry(1, 'ada')], profiles });
  const ruleWith = (memory: number) => machineOf(wishes, mac(1), { ...told, hardware: { memory } }).wish.rule;
  assert.deepEqual([ruleWith(2 ** 36), ruleWith(2 ** 30)], ['profile.for', 'boot.default']);
});
