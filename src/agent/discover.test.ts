import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hostReport } from '../core/api/report.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun, type Answers } from '../shell/fake/run.ts';
import { Eyes } from './discover.ts';
import { identify } from './identify.ts';
import { armWake } from './network.ts';

const vector = (name: string): string =>
  readFileSync(new URL(`../../test/vectors/tools/${name}`, import.meta.url), 'utf8');

const FILES = {
  '/run/pxen/boot.env':
    "PXEN_BOOT='network'\nPXEN_SERVER='10.0.0.1'\nPXEN_MAC='02:fc:00:00:00:01'\nPXEN_ADDRESS='10.0.0.57/24'\nPXEN_NAME='ada'\n" +
    "PXEN_CLUSTER='lab'\nPXEN_RELEASE='r1'\nPXEN_MANIFEST='aa'\nPXEN_FIRMWARE='uefi'\nPXEN_FETCHED='1234'\nPXEN_DRIVE=''\n",
  '/sys/class/dmi/id/product_uuid': '6F1D2C3B-4A59-5687-9A0B-1C2D3E4F5A6B\n',
  '/proc/cmdline': 'console=hvc0 pxen.drive=1A2B-3C4D\n',
  '/proc/sys/kernel/random/boot_id': 'boot-1\n',
  '/proc/sys/kernel/osrelease': '6.12.48\n',
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: QEMU  Virtual CPU\n',
  '/proc/meminfo': vector('meminfo.txt'),
  '/sys/class/net/eth0/speed': '1000\n',
  '/sys/class/block/sda': '',
  '/run/xenstored/socket': '',
  '/var/log/xen/console/guest-hello.log': 'old\n\u001b[1mhello: boot 1\u001b[0m\r\n\u0007hello: alive\n',
};
const LINKS = {
  '/sys/class/net/eth0/device/driver': '../../../bus/pci/drivers/e1000',
  '/sys/class/net/vif1.0/device/driver': '../../bus/xen-backend/drivers/vif',
};
const TOOLS: Answers = {
  lsblk: vector('lsblk-host.json'),
  pvs: vector('pvs-host.json'),
  lvs: vector('lvs-host.json'),
  'xl info': vector('xl-info-4.20.txt'),
  'xl list': vector('xl-list-guests.txt'),
  ip: vector('ip-addr-here.json'),
  systemctl: '[]',
  'ethtool eth0': vector('ethtool-armed.txt'),
};

async function host(tools: Answers, files: Record<string, string> = FILES) {
  const asked: string[] = [];
  const log = new FakeLog();
  const memory = new FakeHostFiles(files, LINKS);
  const machine = { run: fakeRun(tools, asked), files: memory, clock: new FakeClock(), log };
  const identity = await identify(machine);
  const eyes = new Eyes(machine, identity, await armWake(machine));
  const look = async () =>
    hostReport.parse({ schema: 'pxen.report/1', counter: 1, doing: [], done: [], ...(await eyes.look()) });
  return { asked, log, eyes, look, memory };
}

test('works: a whole report of a host', async () => {
  const { look } = await host(TOOLS);
  const seen = await look();
  assert.deepEqual([seen.complete, seen.health], [true, { ok: true, problems: [] }]);
  assert.equal(seen.host.uuid, '6f1d2c3b-4a59-5687-9a0b-1c2d3e4f5a6b');
  assert.deepEqual(
    [seen.host.address, seen.host.cpu_model, seen.host.firmware],
    ['10.0.0.57', 'QEMU Virtual CPU', 'uefi'],
  );
  assert.deepEqual(seen.PIFs, [
    { device: 'eth0', MAC: '02:fc:00:00:00:01', MTU: 1400, carrier: true, speed: 1000, driver: 'e1000', wake: 'armed' },
  ]);
  assert.deepEqual(
    seen.disks.map((disk) => disk.holds),
    ['nothing', 'ours', 'drive', 'foreign'],
  );
  assert.deepEqual(seen.VMs[0]?.console, ['old', 'hello: boot 1', 'hello: alive']);
  assert.equal(
    seen.VMs.some((vm) => vm.domid === 0),
    false,
  );
});

test('empty: without any tool the report is incomplete and unhealthy, but it comes', async () => {
  const { look, log } = await host({});
  const seen = await look();
  assert.equal(seen.complete, false);
  assert.deepEqual(seen.health.problems, [
    'Xen does not answer',
    'the domains cannot be listed',
    'its disks cannot be seen',
    'systemd does not answer',
  ]);
  assert.ok(log.of('AGENT_TOOL_FAILED').length >= 5);
});

test('broken: each tool that a conclusion hangs on makes the report incomplete', async () => {
  for (const tool of ['lsblk', 'pvs', 'lvs', 'xl list']) {
    for (const answer of [new Error('it hangs'), 'rubbish', '{}']) {
      const { look } = await host({ ...TOOLS, [tool]: answer });
      assert.equal((await look()).complete, false, `${tool}: ${String(answer)}`);
    }
  }
  const { look } = await host({ ...TOOLS, 'xl info': new Error('x'), ip: 'rubbish' });
  assert.equal((await look()).complete, true);
});

test('xl is asked nothing before xenstored is up: it would wait', async () => {
  const { '/run/xenstored/socket': _socket, ...files } = FILES;
  const { asked, look, memory } = await host(TOOLS, files);
  const early = await look();
  assert.deepEqual(
    [early.complete, early.health.problems],
    [false, ['Xen does not answer', 'the domains cannot be listed']],
  );
  assert.deepEqual(
    asked.filter((line) => line.startsWith('xl')),
    [],
  );
  memory.texts.set('/run/xenstored/socket', '');
  const { complete, health } = await look();
  assert.deepEqual([complete, health.ok], [true, true]);
});

test('health: failed units, xenstore, and memory before it runs out', async () => {
  const units = '[{"unit":"a.service"}]';
  const nameless = vector('xl-list-dom0.txt').replace('Domain-0', '(null)  ');
  const little = FILES['/proc/meminfo'].replace(/MemAvailable: *\d+/, 'MemAvailable: 40000');
  const tools = { ...TOOLS, systemctl: units, 'xl list': nameless };
  const { look } = await host(tools, { ...FILES, '/proc/meminfo': little });
  const { problems } = (await look()).health;
  assert.deepEqual(problems.slice(0, 2), ['xenstore does not answer', 'a.service has failed']);
  assert.match(problems[2] ?? '', /only 39 MiB of memory left/);
});

test('storage is asked again when a device came or went, or a step was carried out, and not at every look', async () => {
  const { asked, look, eyes, memory } = await host(TOOLS);
  const count = (): number => asked.filter((line) => line.startsWith('lsblk')).length;
  await look();
  await look();
  assert.equal(count(), 1);
  memory.texts.set('/sys/class/block/sdb', '');
  await look();
  assert.equal(count(), 2);
  eyes.forget();
  await look();
  assert.equal(count(), 3);
});

test('a card that can wake its machine is armed', async () => {
  const { asked } = await host({ ...TOOLS, 'ethtool eth0': vector('ethtool-unarmed.txt'), 'ethtool -s': '' });
  assert.deepEqual(
    asked.filter((line) => line.startsWith('ethtool')),
    ['ethtool eth0', 'ethtool -s eth0 wol g', 'ethtool eth0'],
  );
});

test('a host whose stage 1 left nothing says so', async () => {
  await assert.rejects(host(TOOLS, {}), /boot\.env is missing/);
});

test('what settings put onto the host is told, and once it has been begun, what of it did not take', async () => {
  const { look, eyes } = await host(TOOLS, {
    ...FILES,
    '/etc/pxen/applied':
      'package htop\nmodule xfs\nmodule loop\nmodule gone\nsysctl vm.swappiness = 7\nfile /etc/motd from motd\n',
    '/sys/module/xfs': '',
    '/usr/lib/modules/6.12.48/modules.builtin': 'kernel/drivers/block/loop.ko\n',
    '/proc/sys/vm/swappiness': '60\n',
    '/run/pxen/packages': 'htop mounted\n',
  });
  const first = await look();
  assert.deepEqual([first.applied?.length, first.notApplied], [6, undefined], 'too early to tell');
  assert.equal(first.arguments?.linux, 'console=hvc0 pxen.drive=1A2B-3C4D');
  assert.match(first.arguments?.xen ?? '', /\w/);
  eyes.restBegins();
  for (let looks = 0; looks < 3; looks += 1) assert.equal((await look()).notApplied, undefined);
  assert.deepEqual((await look()).notApplied, [
    'module gone: it is not loaded: is there such a module?',
    'sysctl vm.swappiness = 7: it is 60',
    'file /etc/motd from motd: it is not there',
  ]);
});
