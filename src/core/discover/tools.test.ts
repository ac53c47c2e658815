import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { parseDmi } from './dmi.ts';
import { parseWake } from './ethtool.ts';
import { parseIpAddr } from './ip.ts';
import { isDisk, looksEmpty, parseLsblk } from './lsblk.ts';
import { parseLvs, parsePvs, tagValue } from './lvm.ts';
import { factsText, parseFacts, parseFailedUnits, parseMeminfo } from './proc.ts';
import { parseWipefs } from './wipefs.ts';
import { parseXlInfo, parseXlList } from './xl.ts';

const vector = (name: string): string =>
  readFileSync(new URL(`../../../test/vectors/tools/${name}`, import.meta.url), 'utf8');

test('lsblk of a host: disks, partitions, volumes', () => {
  const devices = parseLsblk(vector('lsblk-host.json'));
  assert.deepEqual(
    devices.filter(isDisk).map((disk) => [disk.path, disk.serial, looksEmpty(disk)]),
    [
      ['/dev/sda', 'QM00001', true],
      ['/dev/sdb', 'QM00002', false],
      ['/dev/sdc', 'STICK1', false],
      ['/dev/sdd', 'QM00004', false],
    ],
  );
  assert.equal(devices[3]?.children[0]?.uuid, '1A2B-3C4D');
  assert.deepEqual(devices[0]?.mountpoints, ['/run/pxen/root']);
});

test('lsblk of the machine it was recorded on', () => {
  const disks = parseLsblk(vector('lsblk-here.json')).filter(isDisk);
  assert.deepEqual(
    disks.map((disk) => [disk.path, disk.size, looksEmpty(disk)]),
    [['/dev/vda', 274877906944, false]],
  );
});

test('wipefs: signatures, none, and nothing printed at all', () => {
  assert.deepEqual(parseWipefs(vector('wipefs-ext2.json')), ['ext2']);
  assert.deepEqual(parseWipefs(vector('wipefs-lvm.json')), ['LVM2_member']);
  assert.deepEqual(parseWipefs(vector('wipefs-none.json')), []);
  assert.deepEqual(parseWipefs(''), []);
});

test('pvs and lvs: groups, volumes and their tags', () => {
  const [pv] = parsePvs(vector('pvs-host.json'));
  assert.deepEqual(pv, {
    device: '/dev/sdb',
    missing: false,
    vg: 'pxen-11111111',
    size: 62914560,
    free: 54525952,
    tags: {
      'pxen.cluster': 'lab',
      'pxen.name': 'ada-x',
      'pxen.sr': '11111111-2222-5333-8444-555555555555',
    },
  });
  const [lv] = parseLvs(vector('lvs-host.json'));
  assert.equal(lv?.tags['pxen.vdi'], '22222222-2222-5333-8444-555555555555');
  assert.equal(lv?.size, 8388608);
  assert.deepEqual([parsePvs(vector('pvs-none.json')), parseLvs(vector('lvs-none.json'))], [[], []]);
});

test('a tag keeps only what LVM allows in one', () => {
  assert.equal(tagValue('Ada’s disk (1)'), 'Ada_s_disk__1_');
  assert.equal(tagValue('QM00001'), 'QM00001');
});

test('xl info of Xen 4.20', () => {
  const info = parseXlInfo(vector('xl-info-4.20.txt'));
  assert.deepEqual(info, {
    version: '4.20.3-pre',
    cpus: 4,
    total: 2999 * 2 ** 20,
    free: 1980 * 2 ** 20,
    caps: ['pv', 'hvm', 'hap', 'gnttab-v1', 'gnttab-v2'],
    commandLine: 'placeholder dom0_mem=820M+2%,max:820M+2%',
  });
});

test('xl list -v: every domain counts, whatever its state', () => {
  assert.deepEqual(
    parseXlList(vector('xl-list-guests.txt')).map(({ name, domid, state }) => [name, domid, state]),
    [
      ['Domain-0', 0, 'Running'],
      ['hello', 1, 'Running'],
      ['held', 2, 'Paused'],
      ['crashed', 3, 'Crashed'],
      ['(null)', 4, 'Halted'],
    ],
  );
  assert.equal(parseXlList(vector('xl-list-dom0.txt'))[0]?.memory, 880 * 2 ** 20);
});

test('ip address: carrier, master and IPv4 addresses', () => {
  const eth0 = parseIpAddr(vector('ip-addr-here.json')).find((link) => link.name === 'eth0');
  assert.deepEqual(eth0, {
    name: 'eth0',
    mac: '02:fc:00:00:00:01',
    mtu: 1400,
    carrier: true,
    type: 'ether',
    kind: '',
    master: '',
    addresses: ['192.0.2.2/24'],
  });
});

test('ethtool: armed, could be armed, cannot', () => {
  assert.equal(parseWake(vector('ethtool-armed.txt')), 'armed');
  assert.equal(parseWake(vector('ethtool-unarmed.txt')), 'unarmed');
  assert.equal(parseWake(vector('ethtool-veth.txt')), 'impossible');
  assert.equal(parseWake(''), 'impossible');
});

test('DMI: placeholders are no values', () => {
  const dmi = parseDmi({
    product_uuid: '6F1D2C3B-4A59-5687-9A0B-1C2D3E4F5A6B\n',
    sys_vendor: 'QEMU\n',
    product_name: 'To Be Filled By O.E.M.\n',
    product_serial: '0000\n',
    chassis_asset_tag: 'nonce-17\n',
  });
  assert.deepEqual(dmi, {
    uuid: '6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b',
    manufacturer: 'QEMU',
    product: '',
    serial: '',
    assetTag: 'nonce-17',
  });
  assert.equal(parseDmi({}).uuid, '');
});

test('memory, failed units', () => {
  assert.deepEqual(parseMeminfo(vector('meminfo.txt')), { total: 24684084 * 1024, available: 24349368 * 1024 });
  assert.deepEqual(parseFailedUnits('[]'), []);
  assert.deepEqual(
    parseFailedUnits('[{"unit":"a.service","load":"loaded","active":"failed","sub":"failed","description":"A"}]'),
    ['a.service'],
  );
});

test('facts go through a shell line and back', () => {
  const facts = { PXEN_NAME: "ada's", PXEN_GATEWAY: '', PXEN_MAC: '52:54:00:00:00:01' };
  assert.deepEqual(parseFacts(factsText(facts)), facts);
  assert.deepEqual(parseFacts('# said\nPXEN_BOOT=drive\n'), { PXEN_BOOT: 'drive' });
});

test('what no tool prints is refused with a typed error', () => {
  const readers: readonly ((text: string) => unknown)[] = [
    parseLsblk,
    parsePvs,
    parseLvs,
    parseXlInfo,
    parseXlList,
    parseIpAddr,
    parseFailedUnits,
    parseMeminfo,
  ];
  const wrong = [
    '',
    'null',
    '[1]',
    '{"report":[]}',
    '{"blockdevices":[{}]}',
    '{"report":[{"pv":7,"lv":7}]}',
    'Name ID\nx',
  ];
  for (const read of readers)
    for (const text of wrong) assert.throws(() => read(text), DecodeError, `${read.name} ${text}`);
  assert.throws(() => parseWipefs('{"signatures":[{}]}'), DecodeError);
  assert.throws(() => parseFacts('rm -rf /'), DecodeError);
});

test('cut short anywhere, output is read whole or refused', () => {
  const cases = [
    [parseLsblk, 'lsblk-host.json'],
    [parsePvs, 'pvs-host.json'],
    [parseLvs, 'lvs-host.json'],
    [parseIpAddr, 'ip-addr-here.json'],
  ] as const;
  for (const [read, name] of cases) {
    const text = vector(name).trimEnd();
    for (let length = 0; length < text.length; length += 7)
      assert.throws(() => read(text.slice(0, length)), DecodeError);
  }
});
