import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cluster, entry } from '../../test/fixtures/cluster.ts';
import { manifestText } from '../core/image/manifest.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun, type Answers } from '../shell/fake/run.ts';
import { DriveWatch } from './drive.ts';
import { beginHost0, identifyHost0, readDriveCluster } from './host0.ts';
import { identify } from './identify.ts';
import { parseLsblk } from '../core/discover/lsblk.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const FILES = { vmlinuz: 'a kernel', 'images/hello/initrd': 'an initrd' };
const MANIFEST = manifestText({
  release: 'r1',
  files: Object.entries(FILES).map(([name, text]) => ({ name, size: text.length, sha256: sha256(text), chunks: [] })),
});
const DRIVE: Record<string, string> = {
  '/run/pxen/mnt/boot/loaders/undionly.kpxe': 'a loader',
  '/run/pxen/mnt/boot/releases/r1/manifest': MANIFEST,
  '/run/pxen/mnt/boot/releases/r1/vmlinuz': FILES.vmlinuz,
  '/run/pxen/mnt/boot/releases/r1/images/hello/initrd': FILES['images/hello/initrd'],
  '/run/pxen/mnt/boot/releases/r0/vmlinuz': 'an old kernel',
};
const HOST: Record<string, string> = {
  '/run/pxen/boot.env': `PXEN_BOOT='drive'\nPXEN_SERVER=''\nPXEN_MAC='52:54:00:00:00:01'\nPXEN_RELEASE='r1'\nPXEN_MANIFEST='${sha256(MANIFEST)}'\nPXEN_DRIVE='/dev/sdc1'\n`,
  '/proc/cmdline': 'pxen.drive=1A2B-3C4D',
  '/sys/class/net/xenbr0/address': '52:54:00:00:00:01\n',
  '/sys/class/net/lo/address': '00:00:00:00:00:00\n',
};
const TOOLS: Answers = { mount: '', umount: '', 'busybox arping': '', ip: '', systemctl: '' };
const LAB = cluster({
  hosts: [entry(1, 'ada')],
  networks: { main: { subnet: '10.1.2.0/24', gateway: '10.1.2.1', domain: 'lab.internal' } },
});

async function host(tools: Answers = {}, files: Record<string, string> = {}) {
  const asked: string[] = [];
  const log = new FakeLog();
  const memory = new FakeHostFiles({ ...HOST, ...DRIVE, ...files });
  const machine = { run: fakeRun({ ...TOOLS, ...tools }, asked), files: memory, clock: new FakeClock(), log };
  const identity = await identifyHost0(machine, await identify(machine), LAB);
  return { machine, identity, asked, memory, log };
}

test('it takes its name and cluster from cluster.yaml', async () => {
  const { identity } = await host();
  assert.deepEqual([identity.name, identity.cluster, identity.place], ['ada', 'lab', 'host0']);
});

test('works: files into RAM, an address that is not the gateway, the service', async () => {
  const { machine, identity, asked, memory } = await host();
  assert.equal(await beginHost0(machine, identity, LAB), '10.1.2.2');
  const ram = [...memory.texts.keys()].filter((file) => file.startsWith('/run/pxen/drive/')).sort();
  assert.deepEqual(ram, [
    '/run/pxen/drive/boot/loaders/undionly.kpxe',
    '/run/pxen/drive/boot/releases/r1/images/hello/initrd',
    '/run/pxen/drive/boot/releases/r1/manifest',
    '/run/pxen/drive/boot/releases/r1/vmlinuz',
  ]);
  assert.ok(asked.includes('ip address replace 10.1.2.2/24 dev xenbr0'));
  assert.equal(asked.at(-1), 'systemctl start pxen-host0.service');
  assert.equal(
    memory.texts.get('/run/pxen/host0.env'),
    "PXEN_HOST0_ADDRESS='10.1.2.2/24'\nPXEN_HOST0_MORE='--release r1 --device /dev/disk/by-uuid/1A2B-3C4D --role full --gateway 10.1.2.1 --domain lab.internal'\n",
  );
  assert.match(memory.texts.get('/run/pxen/boot.env') ?? '', /PXEN_SERVER='10\.1\.2\.2'/);
});

test('an agent that began anew changes nothing about a service that runs', async () => {
  const { machine, identity, asked } = await host();
  await beginHost0(machine, identity, LAB);
  asked.length = 0;
  assert.equal(await beginHost0(machine, identity, LAB), '10.1.2.2');
  assert.deepEqual(asked, ['systemctl start pxen-host0.service']);
});

test('broken: a damaged file, a foreign manifest and a drive that is gone are refused, and the drive is let go', async () => {
  const cases: [Record<string, string>, Answers, RegExp][] = [
    [{ '/run/pxen/mnt/boot/releases/r1/vmlinuz': 'a kernE1' }, {}, /vmlinuz on the drive is damaged/],
    [{ '/run/pxen/mnt/boot/releases/r1/manifest': `${MANIFEST}\n` }, {}, /not the one this host was booted by/],
    [{}, { mount: new Error('no such device') }, /no such device/],
  ];
  for (const [files, tools, said] of cases) {
    const { machine, identity, asked, memory } = await host(tools, files);
    await assert.rejects(beginHost0(machine, identity, LAB), said);
    assert.equal(asked.includes('umount /run/pxen/mnt'), !('mount' in tools));
    assert.equal(memory.texts.has('/run/pxen/host0.env'), false);
    assert.equal(
      asked.some((line) => line.startsWith('systemctl')),
      false,
    );
  }
});

test('without a tool to ask who has an address, it takes the first', async () => {
  const { machine, identity } = await host({ 'busybox arping': new Error('not there') });
  assert.equal(await beginHost0(machine, identity, LAB), '10.1.2.2');
});

test('cluster.yaml may have been saved as cluster.yaml.txt; without either the reason is said', async () => {
  const read = async (text: string) => cluster({ cluster: { name: text } });
  const { machine } = await host({}, { '/run/pxen/drive/cluster.yaml.txt': 'lab2' });
  assert.equal((await readDriveCluster(machine, read)).cluster.name, 'lab2');
  await assert.rejects(readDriveCluster((await host()).machine, read), /no cluster\.yaml/);
});

test('a pulled drive is noticed, and its return', async () => {
  const { machine, identity, log } = await host();
  const watch = new DriveWatch(machine, identity);
  const drive =
    '{"blockdevices":[{"path":"/dev/sdc1","type":"part","size":1,"fstype":"vfat","uuid":"1A2B-3C4D","mountpoints":[]}]}';
  const see = (text: string): void => watch.see({ devices: parseLsblk(text), pvs: [], lvs: [] });
  see(drive);
  see('{"blockdevices":[]}');
  see('{"blockdevices":[]}');
  see(drive.replace('sdc1', 'sdd1'));
  assert.deepEqual(
    log.said.map(({ id }) => id),
    ['AGENT_DRIVE_PULLED', 'AGENT_DRIVE_BACK'],
  );
});
