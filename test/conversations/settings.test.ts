import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { mac } from '../fixtures/cluster.ts';
import { ipxe } from '../fixtures/dhcp.ts';
import { packageIndexText } from '../../src/core/image/packageIndex.ts';
import { BOOT_FILES, dora, startRig, type Rig } from '../fixtures/rig.ts';

/** What settings put onto machines, over whole boots in memory. */

const IPXE_UEFI = ipxe(7, [FEATURE.http, FEATURE.efi]);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** 64 GiB that begin at 0, and nothing further, as SMBIOS has them. */
const BIG: Readonly<Record<string, string>> = { 'smbios/0.19.4.8': '00000000ffffff03', cpuvendor: 'GenuineIntel' };
const SMALL: Readonly<Record<string, string>> = { 'smbios/0.19.4.8': '00000000ffff3f00', cpuvendor: 'AuthenticAMD' };

const SETTINGS = [
  { files: [{ path: '/etc/motd', text: 'welcome to all' }], sysctl: { 'vm.swappiness': 10 } },
  { for: { hardware: { memoryAtLeast: '64GiB', cpuVendor: 'intel' } }, kernelArgs: ['hugepages=1024'] },
  { for: { labels: { disk: 'ssd' } }, files: [{ path: '/etc/banner', from: 'banner' }] },
];
const HOSTS = [{ mac: mac(1), name: 'ada', labels: { disk: 'ssd' } }];

/** Fetches what a URL means, with the settings of a machine's iPXE put in. */
async function fetch(
  rig: Rig,
  url: string,
  from: Parameters<Rig['http']['get']>[1],
  told: Readonly<Record<string, string>>,
) {
  const filled = url.replaceAll(/\$\{([\w./]+)(?::\w+)?\}/g, (_, name: string) => told[name] ?? '');
  const { status, body } = await rig.http.get(filled.replace('http://10.1.2.1', ''), from);
  return { status, body: text(body) };
}

async function boot(rig: Rig, told: Readonly<Record<string, string>>) {
  const { yiaddr, file } = await dora(rig, mac(1), IPXE_UEFI);
  const first = (await fetch(rig, file, yiaddr, told)).body;
  const telling = /chain --replace (http:\S+)/.exec(first)?.[1] ?? '';
  const script = telling.includes('/ipxe/') ? (await fetch(rig, telling, yiaddr, told)).body : first;
  const node = (name: string) => fetch(rig, `/node/${mac(1).replaceAll(':', '-')}/${name}`, yiaddr, {});
  return { first, script, node };
}

test('a machine whose settings depend on its hardware is asked for it once, and boots by what it told', async () => {
  for (const [told, isBig] of [
    [BIG, true],
    [SMALL, false],
  ] as const) {
    const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS } });
    const { first, script, node } = await boot(rig, told);
    assert.match(first, /ram=\$\{smbios\/0\.19\.4\.8:hexraw\}/);
    assert.match(script, /^:efi$/m);
    assert.equal((await node('xen.cfg')).body.includes('hugepages=1024'), isBig);
    await rig.host0.stop();
  }
});

test('where nothing depends on hardware, nobody is asked', async () => {
  const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS.slice(0, 1) } });
  assert.match((await boot(rig, {})).first, /^:efi$/m);
  await rig.host0.stop();
});

test('files, also of overlay/, travel with the facts of the machines that they are for', async () => {
  const drive = fakeFiles(new Map([['overlay/banner', Buffer.from('authorised only')]]));
  const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS }, drive });
  const { node } = await boot(rig, SMALL);
  const { body } = await node('initrd');
  for (const part of [
    'pxen/files/etc/motd',
    'welcome to all',
    'vm.swappiness = 10',
    'pxen/files/etc/banner',
    'authorised only',
  ])
    assert.ok(body.includes(part), part);
  await rig.host0.stop();
});

test('a file of overlay/ that is missing is said, and the machine boots without it', async () => {
  const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS } });
  const { node } = await boot(rig, SMALL);
  const { status, body } = await node('initrd');
  assert.deepEqual([status, body.includes('pxen/files/etc/motd')], [200, true]);
  assert.match(rig.log.of('BOOT_OVERLAY_FILE')[0] ?? '', /overlay\/banner: it is not there/);
  await rig.host0.stop();
});

test('a server that begins anew has forgotten what a machine told: it gives no files before the machine tells again', async () => {
  const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS } });
  const { yiaddr } = await dora(rig, mac(1), IPXE_UEFI);
  const { status, body } = await fetch(rig, `/node/${mac(1).replaceAll(':', '-')}/xen.cfg`, yiaddr, {});
  assert.equal(status, 409);
  assert.match(body, /has to ask for its script first/);
  await rig.host0.stop();
});

const LAYER = { name: 'htop', file: 'htop-0a1b2c3d4e.squashfs', size: 9, sha256: 'ab'.repeat(32) };
const filesWith = (index: string) => new Map([...BOOT_FILES, ['packages/index', Buffer.from(index)]]);
const PACKAGES = filesWith(packageIndexText({ root: 'cd'.repeat(32), layers: [LAYER] }));

test('package layers that settings want are named to the machine with its facts; what the drive lacks is said', async () => {
  const settings = [{ packages: ['htop'] }, { for: { labels: { disk: 'ssd' } }, packages: ['tree'] }];
  const rig = await startRig({ cluster: { hosts: HOSTS, settings }, files: PACKAGES });
  const { node } = await boot(rig, {});
  const { status, body } = await node('initrd');
  assert.equal(status, 200);
  assert.ok(body.includes(`layer htop ${LAYER.file} 9 ${LAYER.sha256}\n`));
  assert.ok(!body.includes('layer tree'));
  assert.match(rig.log.of('BOOT_PACKAGE')[0] ?? '', /is not given the package tree: the drive has no layer of it/);
  await rig.host0.stop();
});

test('a damaged list of layers keeps no machine from booting', async () => {
  const rig = await startRig({
    cluster: { hosts: HOSTS, settings: [{ packages: ['htop'] }] },
    files: filesWith('what is this'),
  });
  const { node } = await boot(rig, {});
  const { status, body } = await node('initrd');
  assert.deepEqual([status, body.includes('pxen/layers')], [200, false]);
  assert.match(rig.log.of('BOOT_PACKAGE')[0] ?? '', /boot\/packages\/index is damaged: line 1/);
  await rig.host0.stop();
});

test('a host that is known by its UUID keeps its name and settings in another slot, with another card', async () => {
  const uuid = '4c4c4544-0042-3510-8052-b4c04f384d32';
  const hosts = [{ mac: mac(1), uuid, name: 'ada', labels: { disk: 'ssd' } }];
  const drive = fakeFiles(new Map([['overlay/banner', Buffer.from('authorised only')]]));
  const rig = await startRig({ cluster: { hosts, settings: SETTINGS }, drive });
  // Fixtures make a board of the card; here the board tells itself with its script, in either order of its bytes.
  const { machineId: _, ...nameless } = IPXE_UEFI;
  for (const said of [uuid, '44454c4c-4200-1035-8052-b4c04f384d32'])
    for (const card of [1, 7, 8]) {
      const { yiaddr, file } = await dora(rig, mac(card), nameless);
      let answer = await fetch(rig, file, yiaddr, { uuid: said });
      const telling = /chain --replace (http:\S+)/.exec(answer.body)?.[1];
      if (telling !== undefined) answer = await fetch(rig, telling, yiaddr, { uuid: said, ...SMALL });
      assert.match(answer.body, /^:efi$/m);
      const { body } = await fetch(rig, `/node/${mac(card).replaceAll(':', '-')}/initrd`, yiaddr, {});
      assert.match(body, /PXEN_NAME='ada'/);
      assert.ok(body.includes('authorised only'), `card ${card}`);
    }
  await rig.host0.stop();
});
