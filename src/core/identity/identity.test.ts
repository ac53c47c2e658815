import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseMac, type Mac } from '../net/mac.ts';
import { entryOf } from './hostEntry.ts';
import { hostnameOf, isTrueUuid, machineUuid } from './machine.ts';
import { readyCode } from './readyCode.ts';
import { clusterUuid, driveUuid, hostUuidOfMac, networkUuid, srUuid, vdiUuid, vmMac, vmUuid } from './uuid.ts';

const mac = '52:54:00:00:00:01' as Mac;

test('UUIDs are version 5 in the variant of RFC 9562, and functions of their names', () => {
  for (const uuid of [hostUuidOfMac(mac), srUuid('lab', 'S1'), vmUuid('lab', 'hello'), vdiUuid('lab', 'hello')]) {
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.equal(vmUuid('lab', 'hello'), vmUuid('lab', 'hello'));
});

test('a UUID is what RFC 9562 5.5 reckons from namespace and name', () => {
  const space = Buffer.from('2b04e60ccdc053d99505ce4c3b69128d', 'hex');
  const sha1 = createHash('sha1').update(space).update('vm\0lab\0hello').digest().subarray(0, 16);
  sha1[6] = ((sha1[6] ?? 0) & 0x0f) | 0x50;
  sha1[8] = ((sha1[8] ?? 0) & 0x3f) | 0x80;
  assert.equal(vmUuid('lab', 'hello').replaceAll('-', ''), sha1.toString('hex'));
});

test('different things have different UUIDs, however their names touch', () => {
  const all = [vmUuid('lab', 'a'), vdiUuid('lab', 'a'), srUuid('lab', 'a'), vmUuid('la', 'ba'), vmUuid('lab', 'b')];
  assert.equal(new Set(all).size, all.length);
});

test('a VM has a MAC under the prefix of Xen', () => {
  assert.match(vmMac('lab', 'hello'), /^00:16:3e(:[0-9a-f]{2}){3}$/);
  assert.equal(parseMac(vmMac('lab', 'hello')), vmMac('lab', 'hello'));
  assert.notEqual(vmMac('lab', 'hello'), vmMac('lab', 'hello2'));
});

test('a board that lies about its UUID is known by its MAC', () => {
  const lies = [
    '',
    'not present',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '11111111-1111-1111-1111-111111111111',
    '03000200-0400-0500-0006-000700080009',
  ];
  for (const lie of lies) assert.equal(machineUuid(lie, mac), hostUuidOfMac(mac), lie);
  const honest = '6F1D2C3B-4A59-5687-9A0B-1C2D3E4F5A6B';
  assert.ok(isTrueUuid(honest));
  assert.equal(machineUuid(honest, mac), honest.toLowerCase());
});

test('a machine that nobody named gets a name one can say, for ever', () => {
  const names = Array.from({ length: 500 }, (_, index) => hostnameOf(vmUuid('x', String(index))));
  for (const name of names) assert.match(name, /^[a-z]+-[a-z]+-[0-9a-f]{4}$/);
  assert.equal(new Set(names).size, names.length);
  assert.equal(hostnameOf(vmUuid('x', '7')), names[7]);
});

test('a host is known by UUID before serial number before MAC', () => {
  const rest = { labels: {}, wake: true, disks: [], options: {}, boot: 'allow' as const };
  const hosts = [
    { ...rest, name: 'by-mac', mac },
    { ...rest, name: 'by-serial', serial: 'S1' },
    { ...rest, name: 'by-uuid', uuid: vmUuid('x', 'y') },
  ];
  const name = (uuid: string, serial: string, macs: string[]) => entryOf({ hosts }, { uuid, serial, macs })?.name;
  assert.equal(name(vmUuid('x', 'y'), 'S1', [mac]), 'by-uuid');
  assert.equal(name('', 'S1', [mac]), 'by-serial');
  assert.equal(name('', '', ['52:54:00:00:00:09', mac]), 'by-mac');
  assert.equal(name('', '', []), undefined);
});

test('the ready code is the hash that docs/boot.md states', () => {
  const told = createHash('sha256').update('nonce:6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b:healthy').digest('hex');
  assert.equal(readyCode('nonce', '6F1D2C3B-4A59-5687-9A0B-1C2D3E4F5A6B'), told);
});

test('UUIDs are functions of what they name, for ever: a disk that was marked once is found again', () => {
  const given = {
    host: hostUuidOfMac('52:54:00:00:00:01' as Mac),
    network: networkUuid('lab', 'main'),
    sr: srUuid('lab', 'S1'),
    vm: vmUuid('lab', 'hello'),
    vdi: vdiUuid('lab', 'hello'),
    cluster: clusterUuid('key'),
    drive: driveUuid('c', 'chance'),
  };
  assert.deepEqual(given, VECTORS);
  assert.equal(new Set(Object.values(given)).size, Object.keys(given).length);
});

/** Made by Python's uuid.uuid5. */
const VECTORS = {
  host: '4440abca-01cb-576e-b113-d4bdc86147e5',
  network: 'b9168f3e-d2b7-5416-9174-b8fb2280d4b1',
  sr: '13514081-f993-56fb-a17e-683c00b7c660',
  vm: 'c91f4be1-f89d-546e-96fb-ed87e0054b16',
  vdi: '9a861635-b111-555e-8125-d6421180ae0f',
  cluster: 'f2e1b09a-8a43-50e6-b790-ddfed313721f',
  drive: '2b38007a-8494-51eb-a0c5-fb7d9db8b0ed',
};
