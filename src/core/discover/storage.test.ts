import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseLsblk } from './lsblk.ts';
import { parseLvs, parsePvs } from './lvm.ts';
import { storageOf, volumeAt, type StorageFacts } from './storage.ts';
import { guestType, xlConfig } from './xlConfig.ts';

const vector = (name: string): string =>
  readFileSync(new URL(`../../../test/vectors/tools/${name}`, import.meta.url), 'utf8');

const facts: StorageFacts = {
  devices: parseLsblk(vector('lsblk-host.json')),
  pvs: parsePvs(vector('pvs-host.json')),
  lvs: parseLvs(vector('lvs-host.json')),
  cluster: 'lab',
  drive: '1A2B-3C4D',
};
const holds = (changes: Partial<StorageFacts> = {}): string[] =>
  storageOf({ ...facts, ...changes }).disks.map((disk) => disk.holds);

test('a host with an empty disk, ours, the drive and a foreign disk', () => {
  assert.deepEqual(holds(), ['nothing', 'ours', 'drive', 'foreign']);
  const { SRs, VDIs } = storageOf(facts);
  assert.deepEqual(SRs, [
    {
      uuid: '11111111-2222-5333-8444-555555555555',
      name_label: 'ada-x',
      type: 'lvm',
      physical_size: 62914560,
      physical_utilisation: 8388608,
    },
  ]);
  assert.deepEqual(VDIs, [
    {
      uuid: '22222222-2222-5333-8444-555555555555',
      name_label: 'hello',
      SR: '11111111-2222-5333-8444-555555555555',
      virtual_size: 8388608,
    },
  ]);
});

test('storage of another cluster is foreign, and none of it is shown as ours', () => {
  const other = storageOf({ ...facts, cluster: 'other' });
  assert.deepEqual(holds({ cluster: 'other' }), ['nothing', 'foreign', 'drive', 'foreign']);
  assert.deepEqual([other.SRs, other.VDIs], [[], []]);
});

test('a drive that this host was not booted from is foreign', () => {
  assert.equal(holds({ drive: '' })[2], 'foreign');
  assert.equal(holds({ drive: 'FFFF-FFFF' })[2], 'foreign');
  assert.equal(volumeAt(facts.devices, '1A2B-3C4D')?.path, '/dev/sdc1');
  assert.equal(volumeAt(facts.devices, 'FFFF-FFFF'), undefined);
});

test('a physical volume that lsblk has not seen yet makes a disk foreign', () => {
  const pvs = facts.pvs.map((pv) => ({ ...pv, device: '/dev/sda', vg: '', tags: {} }));
  assert.equal(holds({ pvs })[0], 'foreign');
});

test('the disk of a VM in a group that lacks a part is listed, so that it is not made anew', () => {
  const pvs = facts.pvs.flatMap((pv) => [pv, { ...pv, device: '[unknown]', missing: true }]);
  assert.equal(storageOf({ ...facts, pvs }).VDIs.length, 1);
  assert.equal(storageOf({ ...facts, pvs }).SRs.length, 1);
});

const domain = {
  name: 'hello',
  uuid: '6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b',
  type: 'pvh',
  cpus: 2,
  memory: 256 * 2 ** 20,
  kernel: '/k',
  initrd: '/i',
  disk: '/dev/pxen-11111111/vdi-22222222',
  mac: '00:16:3e:01:02:03',
} as const;

test('the configuration that xl gets', () => {
  assert.equal(
    xlConfig(domain),
    `name = "hello"
uuid = "6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b"
type = "pvh"
kernel = "/k"
ramdisk = "/i"
extra = "console=hvc0 panic=10"
memory = 256
maxmem = 256
vcpus = 2
disk = [ "format=raw,vdev=xvda,access=rw,backendtype=phy,target=/dev/pxen-11111111/vdi-22222222" ]
vif = [ "mac=00:16:3e:01:02:03,bridge=xenbr0,script=vif-bridge" ]
on_poweroff = "destroy"
on_reboot = "restart"
on_crash = "restart"
`,
  );
  assert.match(xlConfig({ ...domain, disk: null, mac: null }), /disk = \[ {2}\]\nvif = \[ {2}\]\n/);
  assert.throws(() => xlConfig({ ...domain, name: 'a"\nextra = "x' }), RangeError);
});

test('PVH only with nested page tables', () => {
  assert.equal(guestType(['pv', 'hvm', 'hap']), 'pvh');
  assert.equal(guestType(['pv', 'hvm']), 'pv');
  assert.equal(guestType(['pv']), 'pv');
});
