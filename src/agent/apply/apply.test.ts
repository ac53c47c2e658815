import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Step } from '../../core/api/report.ts';
import { FakeClock } from '../../shell/fake/clock.ts';
import { FakeHostFiles } from '../../shell/fake/host-files.ts';
import { FakeLog } from '../../shell/fake/log.ts';
import { fakeRun, type Answers } from '../../shell/fake/run.ts';
import { apply } from './apply.ts';

const vector = (name: string): string =>
  readFileSync(new URL(`../../../test/vectors/tools/${name}`, import.meta.url), 'utf8');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const HOST: Answers = {
  lsblk: vector('lsblk-host.json'),
  pvs: vector('pvs-host.json'),
  lvs: vector('lvs-host.json'),
  wipefs: vector('wipefs-none.json'),
  'xl info': vector('xl-info-4.20.txt'),
  'xl list': vector('xl-list-dom0.txt'),
  vgcreate: '',
  lvcreate: '',
  lvchange: '',
  'xl create': '',
};

const SR = '11111111-2222-5333-8444-555555555555';

/** Carries a step out on a host whose tools answer so; gives what was said and which commands changed anything. */
async function carryOut(
  step: Step,
  tools: Answers = {},
  files: Record<string, string> = { '/etc/xen/scripts/vif-bridge': '' },
) {
  const asked: string[] = [];
  const memory = new FakeHostFiles(files);
  const fetched: string[] = [];
  const machine = {
    run: fakeRun({ ...HOST, ...tools }, asked),
    files: memory,
    clock: new FakeClock(),
    log: new FakeLog(),
  };
  const fetch = async (path: string, _sha256: string, file: string): Promise<void> => {
    fetched.push(path);
    await memory.write(file, path);
  };
  const outcome = await apply({ machine, cluster: 'lab', client: { fetch } }, step).catch(
    (error: Error) => error.message,
  );
  const changes = asked.filter((line) => /^(vgcreate|lvcreate|lvchange|xl create)/.test(line));
  return { outcome, changes, memory, fetched };
}

const srCreate = (serial: string, uuid = 'aaaaaaaa-1'): Step => ({
  kind: 'sr.create',
  id: 'i',
  serial,
  uuid,
  name: `ada-${serial}`,
});

test('sr.create: marks an empty disk, in one command that would refuse a full one', async () => {
  const { changes } = await carryOut(srCreate('QM00001'));
  assert.deepEqual(changes, [
    'vgcreate --setautoactivation n --addtag pxen.cluster=lab --addtag pxen.sr=aaaaaaaa-1 --addtag pxen.name=ada-QM00001 pxen-aaaaaaaa /dev/sda',
  ]);
});

test('sr.create: writes to no disk that holds anything, is unknown or cannot be looked at', async () => {
  const cases: [string, Answers, RegExp][] = [
    ['QM00002', {}, /not empty/],
    ['STICK1', {}, /not empty: dos/],
    ['QM00004', {}, /not empty: ext4/],
    ['NOPE', {}, /no disk has the serial number NOPE/],
    ['QM00001', { wipefs: vector('wipefs-ext2.json') }, /not empty: ext2/],
    ['QM00001', { wipefs: new Error('wipefs broke') }, /wipefs broke/],
    ['QM00001', { pvs: 'rubbish' }, /pvs printed no JSON/],
    ['QM00001', { lsblk: HOST['lsblk']?.toString().replaceAll('QM00004', 'QM00001') ?? '' }, /more than one disk/],
  ];
  for (const [serial, tools, said] of cases) {
    const { outcome, changes } = await carryOut(srCreate(serial), tools);
    assert.match(outcome, said);
    assert.deepEqual(changes, []);
  }
});

test('sr.create a second time does nothing', async () => {
  assert.deepEqual((await carryOut(srCreate('QM00002', SR))).changes, []);
});

const VDI = '22222222-2222-5333-8444-555555555555';
const vdiCreate = (uuid: string, sr = SR): Step => ({
  kind: 'vdi.create',
  id: 'i',
  sr,
  uuid,
  name: 'hello',
  size: 2 ** 30,
});

test('vdi.create: a volume whose head is cleared, never activated by the boot', async () => {
  const { changes } = await carryOut(vdiCreate('33333333-1'));
  assert.deepEqual(changes, [
    'lvcreate --yes --wipesignatures y --zero y --setautoactivation n --addtag pxen.vdi=33333333-1 --addtag pxen.name=hello --size 1073741824b --name vdi-33333333 pxen-11111111',
  ]);
  assert.deepEqual((await carryOut(vdiCreate(VDI))).changes, [], 'it is there already');
  const missing = await carryOut(vdiCreate('33333333-1', 'other'));
  assert.match(missing.outcome, /storage other is not on this host/);
  assert.deepEqual(missing.changes, []);
});

const vmStart = (more: Partial<Extract<Step, { kind: 'vm.start' }>> = {}): Step => ({
  kind: 'vm.start',
  id: 'i',
  uuid: '6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b',
  name: 'hello',
  cpus: 1,
  memory: 2 ** 28,
  kernel: { path: '/boot/k', sha256: sha256('/boot/k') },
  initrd: { path: '/boot/i', sha256: sha256('/boot/i') },
  vdi: { sr: SR, uuid: VDI },
  mac: '00:16:3e:01:02:03',
  ...more,
});
const CONFIG = '/run/pxen/vm/6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b/xl.cfg';

test('vm.start: files are fetched, the disk is activated, xl is called', async () => {
  const { outcome, changes, memory, fetched } = await carryOut(vmStart());
  assert.equal(outcome, 'started as pvh');
  assert.deepEqual(changes, ['lvchange --activate y pxen-11111111/vdi-22222222', `xl create ${CONFIG}`]);
  assert.deepEqual(fetched, ['/boot/k', '/boot/i']);
  assert.match(memory.texts.get(CONFIG) ?? '', /target=\/dev\/pxen-11111111\/vdi-22222222/);
});

test('vm.start: host0 takes files from the drive in RAM', async () => {
  const files = {
    '/etc/xen/scripts/vif-bridge': '',
    '/run/pxen/drive/boot/k': '/boot/k',
    '/run/pxen/drive/boot/i': 'damaged',
  };
  assert.deepEqual((await carryOut(vmStart(), {}, files)).fetched, ['/boot/i']);
});

test('vm.start: not while Xen has a domain of it, whatever its state', async () => {
  for (const uuid of ['6f1d2c3b', '7f1d2c3b', '8f1d2c3b', '9f1d2c3b']) {
    const step = vmStart({ uuid: `${uuid}-4a59-5687-9a0b-1c2d3e4f5a6b` });
    const { outcome, changes } = await carryOut(step, { 'xl list': vector('xl-list-guests.txt') });
    assert.match(outcome, /^domain \d is (running|paused|crashed|halted) already$/);
    assert.deepEqual(changes, []);
  }
});

test('vm.start: not where domains cannot be listed, the disk is missing or the network cannot be had', async () => {
  const cases: [Step, Answers, Record<string, string> | undefined, RegExp][] = [
    [vmStart(), { 'xl list': new Error('no xenstore') }, undefined, /no xenstore/],
    [vmStart({ vdi: { sr: SR, uuid: 'other' } }), {}, undefined, /the disk of hello is not on this host/],
    [vmStart(), {}, {}, /vif-bridge is missing/],
  ];
  for (const [step, tools, files, said] of cases) {
    const { outcome, changes } = await carryOut(step, tools, files);
    assert.match(outcome, said);
    assert.deepEqual(
      changes.filter((line) => line.startsWith('xl create')),
      [],
    );
  }
});
