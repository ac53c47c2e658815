import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { mac } from '../fixtures/cluster.ts';
import { ipxe } from '../fixtures/dhcp.ts';
import { dora, startRig, type Rig } from '../fixtures/rig.ts';

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
  const overlay = fakeFiles(new Map([['banner', Buffer.from('authorised only')]]));
  const rig = await startRig({ cluster: { hosts: HOSTS, settings: SETTINGS }, overlay });
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
