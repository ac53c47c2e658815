import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import type { Options } from '../../src/core/dhcp/options.ts';
import { parseSubnet, type Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { edk2, ip, ipxe } from '../fixtures/dhcp.ts';
import { mac } from '../fixtures/cluster.ts';
import { BOOT_FILES, dora, NETWORK, startRig, type Rig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** What machines boot, and who is refused, over whole boots in memory. */

const IPXE_UEFI = ipxe(7, [FEATURE.http, FEATURE.efi]);
const LINUX = { payload: { kind: 'linux', kernel: 'nixos/bzImage', initrd: 'nixos/initrd', args: ['init=/x'] } };
const FILES = new Map([...BOOT_FILES, ['nixos/bzImage', new Uint8Array(5000)], ['nixos/initrd', new Uint8Array(7000)]]);

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const steps = ({ host0 }: Rig, of: Mac): string[] => host0.boot.timelines.of(of).map((entry) => entry.step);
const known = ({ host0 }: Rig, of: Mac) => host0.boot.machines().find((machine) => machine.mac === of);

/** Fetches what a URL of DHCP or of a script means, with the settings that iPXE would put in. */
async function fetch(rig: Rig, url: string, from: Ipv4, told: Readonly<Record<string, string>> = {}) {
  const path = url.replace('http://10.1.2.1', '').replaceAll(/\$\{([\w:]+)\}/g, (_, name: string) => told[name] ?? '');
  const { status, body } = await rig.http.get(path, from);
  return { status, body: text(body) };
}

/** The URLs that a script fetches on UEFI. */
const fetched = (script: string): string[] =>
  [...(script.split('\n:efi\n')[1] ?? '').matchAll(/^(?:kernel|initrd) .*?(http:\S+)/gm)].map(
    (match) => match[1] ?? '',
  );

const initrdIn = (script: string): string => fetched(script).find((url) => url.includes('/initrd')) ?? '';

async function bootTo(rig: Rig, of: Mac, options: Options = IPXE_UEFI, told: Readonly<Record<string, string>> = {}) {
  const { yiaddr, file } = await dora(rig, of, options);
  return { address: yiaddr, script: (await fetch(rig, file, yiaddr, told)).body };
}

test('a Linux of a profile is fetched by the name of the machine, and then it is handed over: nothing is awaited', async () => {
  const rig = await startRig({
    cluster: { hosts: [{ mac: mac(1), name: 'ada', profile: 'nixos' }], profiles: { nixos: LINUX } },
    files: FILES,
  });
  const { address, script } = await bootTo(rig, mac(1));
  assert.match(script, /^echo pxen: ada boots profile nixos from/m);
  for (const url of fetched(script)) assert.equal((await fetch(rig, url, address)).status, 200, url);
  assert.deepEqual(steps(rig, mac(1)).slice(-5), ['dhcp', 'script', 'kernel', 'initrd', 'handed over']);
  await rig.clock.pass(3_600_000);
  assert.equal(known(rig, mac(1))?.problem, null);
  await rig.host0.stop();
});

test('a file of a profile that is not there is named in the script, on the screen of the machine', async () => {
  const rig = await startRig({ cluster: { boot: { default: 'nixos' }, profiles: { nixos: LINUX } } });
  const { script } = await bootTo(rig, mac(1));
  assert.match(script, /^echo pxen: boot\/nixos\/bzImage of profile nixos is not on the boot server$/m);
  assert.match(rig.log.of('BOOT_SCRIPT_REFUSED')[0] ?? '', /nixos\/bzImage/);
  await rig.host0.stop();
});

test('J5: a machine that says how little memory it has is told that it is too little', async () => {
  const rig = await startRig({
    cluster: { boot: { default: 'nixos' }, profiles: { nixos: LINUX } },
    files: FILES,
  });
  const { script } = await bootTo(rig, mac(1), IPXE_UEFI, { memsize: '64', platform: 'pcbios' });
  assert.match(script, /this machine has 64 MiB of memory/);
  await rig.host0.stop();
});

test('B3: a machine that is denied gets nothing by DHCP, TFTP and HTTP, is not woken, and status says why', async () => {
  const hosts = [{ mac: mac(1), name: 'ada', boot: 'deny' }];
  const rig = await startRig({ cluster: { hosts } });
  for (const options of [edk2(0), edk2(7), IPXE_UEFI]) await assert.rejects(dora(rig, mac(1), options), /no reply/);
  assert.equal((await rig.http.get(`/ipxe/${mac(1)}`, ip('10.1.2.9'))).status, 403);
  assert.equal((await rig.http.get(`/node/${mac(1)}/initrd`, ip('10.1.2.9'))).status, 403);
  assert.match(known(rig, mac(1))?.problem ?? '', /^cluster\.yaml denies ada to boot \[host\.denied\]$/);
  assert.deepEqual(steps(rig, mac(1)), []);
  // The system on its disk has an address from here; from that one it gets no boot files either.
  const { yiaddr } = await dora(rig, mac(1), {});
  assert.match(text((await rig.http.get('/boot/releases/r1/xen', yiaddr)).body), /denies ada.*\[host\.denied\]/);
  assert.match(String(await new TftpClient(rig, yiaddr).get('loaders/snponly.efi')), /denies ada.*\[host\.denied\]/);
  await rig.host0.stop();
});

test('an unknown machine meets the menu, and what is chosen there is what it boots', async () => {
  const rig = await startRig({ cluster: { hosts: [{ mac: mac(1), name: 'ada' }] } });
  const { address, script } = await bootTo(rig, mac(9));
  assert.match(script, /^choose --timeout 30000 --default xen choice/m);
  assert.deepEqual(steps(rig, mac(9)), ['dhcp', 'script', 'menu']);
  await rig.clock.pass(3_600_000);
  assert.equal(known(rig, mac(9))?.problem, null, 'a person may take their time');
  const url = /chain --replace (\S+)/.exec(script)?.[1] ?? '';
  const discovery = await fetch(rig, url, address, { choice: 'discovery' });
  const initrd = initrdIn(discovery.body);
  assert.match((await fetch(rig, initrd, address)).body, /PXEN_PROFILE='discovery'/);
  await rig.host0.stop();
});

test('a known machine goes straight, and its facts say which profile it boots', async () => {
  const rig = await startRig({ cluster: { hosts: [{ mac: mac(1), name: 'ada' }] } });
  const { address, script } = await bootTo(rig, mac(1));
  assert.doesNotMatch(script, /^(menu|choose)\b/m);
  const initrd = initrdIn(script);
  assert.match((await fetch(rig, initrd, address)).body, /PXEN_PROFILE='xen'/);
  await rig.host0.stop();
});

test('a machine is known by the serial number that its iPXE tells, and keeps its name from then on', async () => {
  const hosts = [{ serial: 'AB 12', name: 'eve' }];
  const rig = await startRig({ cluster: { hosts, boot: { unknown: 'ignore' } } });
  const { address, script } = await bootTo(rig, mac(1), IPXE_UEFI, { 'serial:uristring': 'AB%2012' });
  assert.match(script, /echo pxen: eve boots release/);
  const initrd = initrdIn(script);
  assert.match((await fetch(rig, initrd, address)).body, /PXEN_NAME='eve'/);
  const other = await dora(rig, mac(2), IPXE_UEFI);
  assert.equal((await fetch(rig, other.file, other.yiaddr)).status, 403, 'another one that tells none is ignored');
  await rig.host0.stop();
});

test('A9, B4: a machine is known by the UUID of its DHCP packet before it has told anything else', async () => {
  const rig = await startRig({ cluster: { hosts: [{ uuid: '00112233-4455-6677-8899-525400000001', name: 'uma' }] } });
  const { script } = await bootTo(rig, mac(1));
  assert.match(script, /echo pxen: uma boots release/);
  await rig.host0.stop();
});

test('J2: autoexec.ipxe is made for the machine that asks, beside the loader and at the root, by TFTP and HTTP', async () => {
  const rig = await startRig();
  const { yiaddr } = await dora(rig, mac(1), edk2(7));
  const wanted = /chain --replace http:\/\/10\.1\.2\.1\/ipxe\/52-54-00-00-00-01\?/;
  for (const path of ['loaders/autoexec.ipxe', 'autoexec.ipxe'])
    assert.match(String(await new TftpClient(rig, yiaddr).get(path)), wanted, path);
  for (const path of ['/boot/loaders/autoexec.ipxe', '/autoexec.ipxe']) {
    const { status, body } = await rig.http.get(path, yiaddr);
    assert.equal(status, 200, path);
    assert.match(text(body), wanted, path);
  }
  await rig.host0.stop();
});

test('J9: a machine that boots on with the address its firmware was given keeps it until it has fetched all', async () => {
  // One address only: it would go to the next machine as soon as nobody has it.
  const subnet = parseSubnet('10.1.2.0/30')!;
  const rig = await startRig({ options: { networks: [{ ...NETWORK, subnet }] } });
  const { yiaddr } = await dora(rig, mac(1), edk2(7));
  await rig.clock.pass(100_000);
  assert.equal((await rig.http.get(`/ipxe/${mac(1)}`, yiaddr)).status, 200);
  await rig.clock.pass(300_000);
  await assert.rejects(dora(rig, mac(2), edk2(7)), /no reply/);
  await rig.clock.pass(400_000);
  assert.equal((await dora(rig, mac(2), edk2(7))).yiaddr, yiaddr);
  await rig.host0.stop();
});

test('G: U-Boot finds its configuration by its card or as the default, and the Pi its files without its serial number', async () => {
  const files = new Map([...FILES, ['rpi/start4.elf', Buffer.from('firmware')]]);
  const rig = await startRig({ cluster: { boot: { default: 'nixos' }, profiles: { nixos: LINUX } }, files });
  const { yiaddr } = await dora(rig, mac(1), edk2(22));
  for (const path of ['pxelinux.cfg/01-52-54-00-00-00-01', 'pxelinux.cfg/default-arm'])
    assert.match(
      String(await new TftpClient(rig, yiaddr).get(path)),
      /kernel node\/52-54-00-00-00-01\/kernel\n {2}initrd node\/52-54-00-00-00-01\/initrds/,
    );
  assert.equal(String(await new TftpClient(rig, yiaddr).get('1a2b3c4d/start4.elf')), 'firmware');
  await rig.host0.stop();
});

test("J1: GRUB's configuration is made for the machine that asks; the drive's own is for no other machine, one's own goes before", async () => {
  const asks = async (more: readonly (readonly [string, Buffer])[]): Promise<string> => {
    const cluster = { boot: { default: 'nixos' }, profiles: { nixos: LINUX } };
    const rig = await startRig({ cluster, files: new Map([...FILES, ...more]) });
    const { yiaddr } = await dora(rig, mac(1), edk2(7));
    const text = String(await new TftpClient(rig, yiaddr).get('/grub/grub.cfg'));
    await rig.host0.stop();
    return text;
  };
  const put = ['grub/grub.cfg', Buffer.from('mine')] as const;
  assert.match(await asks([]), /linux '\/nixos\/bzImage'/);
  assert.equal(await asks([put]), 'mine');
  assert.match(await asks([put, ['grub/host0.env', Buffer.from('')]]), /linux '\/nixos\/bzImage'/);
});

test('G, J1: who fetches the files of its profile by TFTP is handed over when it has them all', async () => {
  const cluster = { boot: { default: 'nixos' }, profiles: { nixos: LINUX } };
  const rig = await startRig({ cluster, files: FILES });
  const { yiaddr } = await dora(rig, mac(1), edk2(7));
  for (const path of ['grub/grub.cfg-01-52-54-00-00-00-01', 'nixos/bzImage', 'nixos/initrd'])
    await new TftpClient(rig, yiaddr).get(path);
  const steps = rig.host0.boot.timelines.of(mac(1)).map(({ step }) => step);
  assert.deepEqual(steps.slice(-4), ['config', 'kernel', 'initrd', 'handed over']);
  await rig.host0.stop();
});

test("a loader of one's own is given from the next packet on", async () => {
  const rig = await startRig({ cluster: { boot: { loaders: { 'uefi-x64': 'mine/x.efi' } } } });
  assert.equal((await dora(rig, mac(1), edk2(7))).file, 'mine/x.efi');
  await rig.host0.stop();
});

test('DHCP options of a profile go before those of its network, and those of a host before both', async () => {
  const [network, profile, host] = ['10.1.2.201', '10.1.2.202', '10.1.2.203'];
  const networks = { main: { subnet: '10.1.2.0/24', options: { 3: [network], 6: [network], 15: 'network' } } };
  const profiles = { quiet: { options: { 6: [profile], 15: 'profile' } } };
  const hosts = [{ mac: mac(1), name: 'ada', profile: 'quiet', options: { 15: host } }];
  const rig = await startRig({ cluster: { networks, profiles, hosts } });
  const { options } = await dora(rig, mac(1), edk2(7));
  assert.deepEqual([options.router, options.dnsServers, options.domainName], [[network], [profile], host]);
  await rig.host0.stop();
  const plain = await startRig({ cluster: { profiles, hosts } });
  const said = (await dora(plain, mac(1), edk2(7))).options;
  assert.deepEqual([said.dnsServers, said.domainName], [[profile], host], 'also where no network is described');
  await plain.host0.stop();
});

test('a machine boots what the pool says that a selector put it into, unless it names its own profile; people are shown both', async () => {
  const rig = await startRig({
    cluster: {
      hosts: [
        { mac: mac(1), name: 'ada', labels: { os: 'nixos' } },
        { mac: mac(2), name: 'bob', pool: 'builders', profile: 'xen' },
      ],
      pools: { builders: { for: { labels: { os: 'nixos' } }, profile: 'nixos' } },
      profiles: { nixos: LINUX },
    },
    files: FILES,
  });
  assert.match((await bootTo(rig, mac(1))).script, /^echo pxen: ada boots profile nixos from/m);
  assert.match((await bootTo(rig, mac(2))).script, /^echo pxen: bob boots release/m);
  assert.deepEqual(
    [1, 2].map((n) => known(rig, mac(n))?.membership),
    [
      { pool: 'builders', rule: 'pool.for' },
      { pool: 'builders', rule: 'host.pool' },
    ],
  );
  assert.match(JSON.stringify(rig.host0.boot.timelines.of(mac(1))), /pool\.profile/);
  await rig.host0.stop();
});
