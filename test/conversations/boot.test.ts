import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { readCpio } from '../../src/core/image/cpio.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { hex } from '../../src/core/net/text.ts';
import { edk2, ipxe } from '../fixtures/dhcp.ts';
import { mac } from '../fixtures/cluster.ts';
import { BOOT_FILES, dora, RELEASE, SERVER, startRig, type Rig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** Whole boots, from the first DISCOVER to the report, in memory. */

const LAB = { hosts: [{ mac: mac(1), name: 'ada', address: '10.1.2.50' }] };
const IPXE_UEFI = ipxe(7, [FEATURE.http, FEATURE.efi]);
const IPXE_BIOS = ipxe(0, [FEATURE.http, FEATURE.multiboot]);

const steps = ({ host0 }: Rig, of: Mac): string[] => host0.boot.timelines.of(of).map((entry) => entry.step);
/** What of a URL follows the server, with the settings that iPXE puts in. */
const pathOf = (url: string, told: Readonly<Record<string, string>> = {}): string =>
  url.replace('http://10.1.2.1', '').replaceAll(/\$\{([\w:]+)\}/g, (_, name: string) => told[name] ?? '');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function step({ http }: Rig, address: Ipv4, line: string): Promise<void> {
  assert.equal((await http.post('/api/v1/step', address, Buffer.from(line))).status, 200);
}

/** What UEFI does until it has its script. Gives its address and the script. */
async function bootUefi(rig: Rig, of: Mac): Promise<{ address: Ipv4; script: string }> {
  const first = await dora(rig, of, edk2(7));
  const loader = await new TftpClient(rig, first.yiaddr).get(first.file, {
    tsize: '0',
    blksize: '1468',
    windowsize: '4',
  });
  assert.deepEqual(loader, Buffer.from(BOOT_FILES.get('loaders/snponly.efi') ?? []));
  const second = await dora(rig, of, IPXE_UEFI);
  assert.equal(second.yiaddr, first.yiaddr, 'one machine, one address');
  const script = await rig.http.get(pathOf(second.file), second.yiaddr);
  return { address: second.yiaddr, script: text(script.body) };
}

/** The URLs of a script, for one firmware, on a machine with an AMD processor. */
const urls = (script: string, firmware: 'uefi' | 'bios'): string[] => {
  const [bios = '', uefi = ''] = script.split('\n:failed')[0]?.split('\n:efi\n') ?? [];
  return [...(firmware === 'uefi' ? uefi : bios).matchAll(/^(?:kernel|module|initrd) .*?(http:\S+)/gm)].map((match) =>
    (match[1] ?? '').replace('${cpuvendor}/${cpuid/0.1:hexraw}', 'AuthenticAMD/00060fb1'),
  );
};

test('a UEFI machine boots to ready, and every step stands in its timeline', async () => {
  const rig = await startRig({ cluster: LAB });
  const { address, script } = await bootUefi(rig, mac(1));
  assert.equal(address, '10.1.2.50');
  for (const url of urls(script, 'uefi')) assert.equal((await rig.http.get(pathOf(url), address)).status, 200, url);
  await step(rig, address, `pxen1 ${mac(1)} 2.5 begin`);
  await step(rig, address, `pxen1 ${mac(1)} 9 switch`);
  rig.host0.boot.reported(mac(1), false, 'ada');
  rig.host0.boot.reported(mac(1), true, 'ada');
  rig.host0.boot.reported(mac(1), true, 'ada');
  const wanted = [
    'wake',
    'dhcp',
    'loader',
    'dhcp',
    'script',
    'xen',
    'kernel',
    'initrd',
    'stage1 begin',
    'stage1 switch',
    'report',
    'ready',
  ];
  assert.deepEqual(steps(rig, mac(1)), wanted);
  assert.deepEqual(
    rig.service.events,
    wanted.map((step) => `${mac(1)} ${step}`),
  );
  const [machine] = rig.host0.boot.machines();
  assert.deepEqual(machine, {
    mac: mac(1),
    name: 'ada',
    address,
    listed: true,
    wake: 'heard',
    heard: true,
    membership: undefined,
    problem: null,
  });
  await rig.host0.stop();
});

test('firmware that is iPXE itself goes straight to its script', async () => {
  const rig = await startRig();
  const ack = await dora(rig, mac(2), IPXE_BIOS);
  const script = text((await rig.http.get(pathOf(ack.file), ack.yiaddr)).body);
  assert.deepEqual(
    urls(script, 'bios').map((url) => url.split('/').at(-1)),
    ['xen', 'vmlinuz', 'initrd', '00060fb1'],
  );
  assert.deepEqual(steps(rig, mac(2)), ['dhcp', 'script']);
  await rig.host0.stop();
});

test('B4: a cluster file that names no host boots everything that asks, each under a name of its own', async () => {
  const rig = await startRig();
  const names = new Set<string>();
  for (const n of [1, 2, 3]) {
    const { address } = await bootUefi(rig, mac(n));
    const { body } = await rig.http.get(`/node/${mac(n)}/initrd`, address);
    names.add(/PXEN_NAME='([a-z0-9-]+)'/.exec(text(body))?.[1] ?? '');
  }
  assert.equal(names.size, 3);
  assert.ok(!names.has(''));
  await rig.host0.stop();
});

test("the initrd of a node is the release's and its facts, whole, in part and as HEAD has it", async () => {
  const rig = await startRig({ cluster: LAB });
  const { yiaddr } = await dora(rig, mac(1), IPXE_UEFI);
  const whole = await rig.http.get(`/node/${mac(1)}/initrd`, yiaddr);
  const base = BOOT_FILES.get(`releases/${RELEASE}/initrd`) ?? new Uint8Array();
  assert.equal(hex(whole.body.subarray(0, base.length)), hex(base));
  const facts = Math.ceil(base.length / 4) * 4;
  assert.ok(base.length % 4 > 0, 'the padding is tried');
  const [, file] = readCpio(whole.body.subarray(facts));
  assert.ok(file?.kind === 'file' && text(file.bytes).includes("PXEN_ADDRESS='10.1.2.50/24'"));
  const part = await rig.http.get(`/node/${mac(1)}/initrd`, yiaddr, { range: `bytes=${base.length - 3}-${facts + 5}` });
  assert.equal(part.status, 206);
  assert.equal(hex(part.body), hex(whole.body.subarray(base.length - 3, facts + 6)));
  await rig.host0.stop();
});

test('settings of one host reach its command lines; a value that cannot stand there makes a script that says so', async () => {
  const settings = [
    { for: { name: 'ada' }, xenArgs: ['loglvl=all'], kernelArgs: ['debug'] },
    { for: { name: 'bob' }, kernelArgs: ['a${b}'] },
  ];
  const rig = await startRig({
    cluster: {
      hosts: [
        { mac: mac(1), name: 'ada' },
        { mac: mac(2), name: 'bob' },
      ],
      settings,
    },
  });
  const script = text((await rig.http.get(`/ipxe/${mac(1)}`, SERVER)).body);
  assert.match(script, /\/xen .*loglvl=all/);
  assert.match(text((await rig.http.get(`/node/${mac(1)}/xen.cfg`, SERVER)).body), /^kernel=vmlinuz .*debug$/m);
  const problem = text((await rig.http.get(`/ipxe/${mac(2)}`, SERVER)).body);
  assert.match(problem, /^#!ipxe\necho pxen: .*cannot stand in an iPXE script/);
  assert.equal(rig.log.of('BOOT_SCRIPT_REFUSED').length, 1);
  await rig.host0.stop();
});

test("requests to the API are the cluster service's", async () => {
  const rig = await startRig();
  assert.equal(text((await rig.http.get('/api/v1/status', SERVER)).body), '/api/v1/status');
  await rig.host0.stop();
});
