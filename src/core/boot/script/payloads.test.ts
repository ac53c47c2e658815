import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, mac } from '../../../../test/fixtures/cluster.ts';
import { DecodeError } from '../../net/bytes.ts';
import { machineOf, type Marks } from '../machine.ts';
import type { Payload, Profile } from '../profile.ts';
import { memoryProblem } from '../memory.ts';
import { madePath } from '../madePath.ts';
import { autoexecScript } from './asking.ts';
import { grubConfig } from './grub.ts';
import { pxelinuxConfig } from './pxelinux.ts';
import { scriptFor } from './render.ts';

const BASE = 'http://10.1.2.1';
const NODE = `${BASE}/node/52-54-00-00-00-01`;
const LINUX = {
  payload: { kind: 'linux', kernel: 'nixos/bzImage', initrd: ['nixos/a', 'nixos/b'], args: ['init=/x', 'quiet'] },
};
const KNOWN: Marks = { uuid: '', serial: '' };

/** The script that ada gets with this profile, as lines. */
function lines(profile: Record<string, unknown>, parts: Record<string, unknown> = {}, choice?: string): string[] {
  const whole = cluster({
    hosts: [{ mac: mac(1), name: 'ada', profile: 'mine' }],
    profiles: { mine: profile },
    ...parts,
  });
  return scriptFor(machineOf(whole, mac(1), KNOWN), { cluster: whole, base: BASE, release: 'r1', choice }).split('\n');
}

/** Every `goto` leads somewhere, and no line waits for a person. */
function assertRuns(script: readonly string[]): void {
  assert.equal(script[0], '#!ipxe');
  for (const target of script.flatMap((line) => /goto (\w+)/.exec(line)?.[1] ?? []))
    assert.ok(script.includes(`:${target}`), `goto ${target}`);
  assert.ok(!script.some((line) => /^(prompt|read|login|shell)\b/.test(line)), 'J8: nothing is asked');
}

test('J7: Linux gets its initrds by name for UEFI, and one behind the other for BIOS', () => {
  const script = lines(LINUX);
  assertRuns(script);
  const [bios, efi] = [script.slice(0, script.indexOf(':efi')), script.slice(script.indexOf(':efi'))];
  assert.ok(bios.includes(`kernel ${NODE}/kernel init=/x quiet || goto failed`));
  assert.ok(
    efi.includes(`kernel --name kernel ${NODE}/kernel initrd=initrd0 initrd=initrd1 init=/x quiet || goto failed`),
  );
  for (const part of [bios, efi]) {
    for (const name of ['initrd0', 'initrd1'])
      assert.ok(part.includes(`initrd --name ${name} ${NODE}/${name} || goto failed`));
    assert.ok(part.includes('boot || goto failed'));
  }
});

/** The line by which BIOS fetches the kernel. */
const bios = (profile: Record<string, unknown>, parts: Record<string, unknown> = {}): string =>
  lines(profile, parts).find((line) => line.startsWith('kernel http')) ?? '';

test('the console of a profile, and over it the settings of a host, reach the command line of its Linux', () => {
  const settings = [{ for: { name: 'ada' }, kernelArgs: ['quiet=no', 'init=/y'] }];
  const line = bios({ ...LINUX, console: 'ttyS1,57600' }, { settings });
  assert.match(line, / init=\/y quiet=no console=tty0 console=ttyS1,57600 \|\|/);
});

test('the console of a profile is the serial port of Xen', () => {
  const line = bios({ console: 'ttyS1,57600' });
  assert.match(line, / com2=57600,8n1/);
  assert.match(line, / console=com2,vga/);
});

test('a value that iPXE would act on is refused', () => {
  assert.throws(() => lines({ payload: { ...LINUX.payload, args: ['a${b}'] } }), DecodeError);
});

test('the local disk is started by iPXE on BIOS, and by the firmware on UEFI', () => {
  const script = lines({ payload: { kind: 'local' } });
  assertRuns(script);
  assert.ok(script.includes('sanboot --no-describe --drive 0x80 ||'));
  assert.deepEqual(script.slice(-3), [':back', 'exit', '']);
});

test("an administrator's script is chained from boot/, or stands as it was written", () => {
  const file = lines({ payload: { kind: 'script', file: 'scripts/mine.ipxe' } });
  assertRuns(file);
  assert.ok(file.includes(`chain --replace ${BASE}/boot/scripts/mine.ipxe || goto failed`));
  const text = lines({ payload: { kind: 'script', text: '#!ipxe\r\necho one\r\necho two' } });
  assert.deepEqual(text.slice(2), ['echo one', 'echo two', '']);
});

test('D12: a VLAN is made, and an address asked for on it, before anything is fetched', () => {
  const script = lines({ ...LINUX, vlan: 20 });
  assertRuns(script);
  const at = (start: string): number => script.findIndex((line) => line.startsWith(start));
  assert.ok(at(':again') < at('vcreate --tag 20 ${trunk}'));
  assert.ok(at('vcreate') < at('dhcp ${trunk}-20'));
  assert.ok(at('dhcp ${trunk}-20') < at('kernel http'));
  assert.ok(script.some((line) => line.startsWith('echo') && line.includes('on VLAN 20: is the switch port tagged')));
});

test('what went wrong is told by its cause: no link, no address, no server, or a file that does not come', () => {
  const script = lines(LINUX);
  const said = script.filter((line) => line.startsWith('echo')).join('\n');
  for (const cause of [
    'there is no link',
    'has no address',
    'does not answer, error ${cause}',
    'a file is missing there',
  ])
    assert.ok(said.includes(cause), cause);
});

test('a server that fails is left for the others that cluster.yaml names, from the second try on', () => {
  const script = lines(LINUX, { boot: { servers: ['http://10.1.2.2', 'http://10.1.2.3:8080'] } });
  const first = script.indexOf('iseq ${tries} 1 && goto again ||');
  assert.match(script[first + 1] ?? '', /^chain --replace http:\/\/10\.1\.2\.2\/ipxe\/52-54-00-00-00-01\?.* \|\|$/);
  assert.match(script[first + 2] ?? '', /^chain --replace http:\/\/10\.1\.2\.3:8080\/ipxe\//);
  assert.equal(script[first + 3], 'goto again');
});

test('J8, B4: the menu of an unknown machine goes on by itself, with the default first', () => {
  const script = lines({}, { hosts: [{ mac: mac(2) }], boot: { menu: { timeout: '45s' } } });
  assert.ok(script.includes('choose --timeout 45000 --default xen choice ||'));
  const items = script.flatMap((line) => /^item (\S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(items, ['xen', 'mine', 'local', 'discovery', '.shell']);
  assert.ok(script.includes(`chain --replace ${BASE}/ipxe/52-54-00-00-00-01?profile=\${choice} ||`));
  for (const target of script.flatMap((line) => /goto (\w+)/.exec(line)?.[1] ?? []))
    assert.ok(script.includes(`:${target}`));
});

test('what was chosen at the menu goes with every URL of the boot', () => {
  const script = lines(LINUX, { hosts: [{ mac: mac(2) }] }, 'mine');
  assert.ok(script.includes(`kernel ${NODE}/kernel?profile=mine init=/x quiet || goto failed`));
  const xen = lines({}, { hosts: [{ mac: mac(2) }] }, 'discovery');
  assert.ok(xen.includes(`module ${NODE}/initrd?profile=discovery || goto failed`));
  assert.ok(xen.includes(`initrd --name xen.cfg ${NODE}/xen.cfg?profile=discovery || goto failed`));
});

test('a machine that has yet to tell its marks is asked for them with one fetch, not two', () => {
  const script = lines({}, { hosts: [{ serial: 'S1' }] });
  const whole = cluster({ hosts: [{ serial: 'S1' }] });
  const untold = machineOf(whole, mac(1), { uuid: undefined, serial: undefined });
  const asking = scriptFor(untold, { cluster: whole, base: BASE, release: 'r1', choice: undefined });
  assert.match(
    asking,
    /^#!ipxe\nchain --replace http:\/\/10\.1\.2\.1\/ipxe\/52-54-00-00-00-01\?uuid=\$\{uuid\}&serial=\$\{serial:uristring\}/,
  );
  assert.ok(!script.some((line) => line.includes('${serial')), 'one that has told is not asked again');
});

test('J2, J9, F12: what iPXE looks for beside itself uses the address it has, else asks until it has one', () => {
  const script = autoexecScript(BASE, mac(1)).split('\n');
  assertRuns(script);
  const url = /(http:\S+)/.exec(script[1] ?? '')?.[1] ?? '';
  assert.ok(url.startsWith(`${BASE}/ipxe/52-54-00-00-00-01?`));
  assert.equal(script[1], `isset \${net0/ip} && ifopen net0 && chain --replace ${url} ||`);
  const again = script.slice(script.indexOf(':again'));
  assert.equal(again[1], `dhcp && chain --replace ${url} ||`);
  assert.equal(again.at(-2), 'goto again');
  assert.ok(
    autoexecScript(BASE, undefined).includes(`${BASE}/ipxe/\${net0/mac:hexhyp}?`),
    'where nobody knows whose it is',
  );
});

test('J2, G: the files that loaders look for by themselves are known wherever they are sought', () => {
  for (const path of ['autoexec.ipxe', 'loaders/autoexec.ipxe']) assert.deepEqual(madePath(path), { kind: 'autoexec' });
  const card = { kind: 'pxelinux', mac: mac(1) };
  assert.deepEqual(madePath('pxelinux.cfg/01-52-54-00-00-00-01'), card);
  assert.deepEqual(madePath('loaders/pxelinux.cfg/01-52-54-00-00-00-01'), card);
  for (const name of ['default-arm-bcm283x', 'default-arm', 'default'])
    assert.deepEqual(madePath(`pxelinux.cfg/${name}`), { kind: 'pxelinux', mac: undefined });
  assert.deepEqual(madePath('1a2b3c4d/start4.elf'), { kind: 'alias', path: 'rpi/start4.elf' });
  for (const path of ['boot.scr.uimg', 'loaders/boot.scr']) assert.deepEqual(madePath(path), { kind: 'boot script' });
  for (const path of ['loaders/snponly.efi', 'pxelinux.cfg/0A010232', 'xautoexec.ipxe', 'xboot.scr', 'boot.scr.gz'])
    assert.equal(madePath(path), undefined);
});

test('G, J8: U-Boot reads the payload of a profile from pxelinux.cfg, without a prompt', () => {
  const linux = { kind: 'linux', kernel: 'pi/Image', initrd: ['pi/initrd', 'pi/more'], args: [] } as const;
  const config = (payload: Payload, args: readonly string[] = []): string =>
    pxelinuxConfig(mac(1), { name: 'mine', payload }, args);
  const node = 'node/52-54-00-00-00-01';
  assert.equal(
    config(linux, ['console=ttyAMA0']),
    `default pxen\nprompt 0\ntimeout 1\nlabel pxen\n  kernel ${node}/kernel\n  initrd ${node}/initrds\n  append console=ttyAMA0\n`,
  );
  assert.doesNotMatch(config({ ...linux, initrd: [] }), /initrd|append/);
  assert.match(config({ kind: 'local' }), /localboot 1/);
  assert.match(config({ kind: 'xen' }), /menu label pxen: profile mine is of the kind xen, which iPXE starts/);
  assert.doesNotMatch(config({ kind: 'xen' }), /kernel/);
});

const GRUB = { name: 'ada', mac: mac(1), base: BASE, args: ['quiet', "a='b c'"] };
const grubProfile = (payload: Payload): Profile => ({ name: 'node', payload, console: undefined, vlan: undefined });

test('J1, J8: GRUB reads the payload of a profile from grub.cfg of its card, by HTTP where it can, without a prompt', () => {
  const path = { kind: 'grub', mac: mac(1) };
  for (const folder of ['', 'grub/', 'grub/x86_64-efi/'])
    assert.deepEqual(madePath(`${folder}grub.cfg-01-52-54-00-00-00-01`), path);
  for (const folder of ['grub/', 'grub/x86_64-efi/', 'debian-installer/amd64/grub/'])
    assert.deepEqual(madePath(`${folder}grub.cfg`), { kind: 'grub', mac: undefined });
  for (const other of ['grub.cfg', 'grub/grub.cfg-0A010232']) assert.equal(madePath(other), undefined);
  const linux = { kind: 'linux', kernel: 'n/vmlinuz', initrd: ['n/one', 'n/two'], args: [] } as const;
  const lines = grubConfig({ ...GRUB, profile: grubProfile(linux) }).split('\n');
  const args = String.raw`'quiet' 'a='\''b c'\'''`;
  const node = '(http,10.1.2.1)/node/52-54-00-00-00-01';
  assert.deepEqual(
    lines.filter((line) => /linux|initrd/.test(line)),
    [
      `if linux '${node}/kernel' ${args}; then`,
      `if initrd '${node}/initrd0' '${node}/initrd1'; then`,
      `if linux '/n/vmlinuz' ${args}; then`,
      `if initrd '/n/one' '/n/two'; then`,
    ],
  );
  assert.equal(lines.at(-2), 'reboot', 'a prompt would wait for ever');
  const bare = grubConfig({ ...GRUB, profile: grubProfile({ ...linux, initrd: [] }) });
  assert.doesNotMatch(bare, /initrd/);
  assert.throws(() => grubConfig({ ...GRUB, args: ['a\nb'], profile: grubProfile(linux) }), DecodeError);
});

test('J1: what GRUB cannot start is said on the screen, and the local disk is left to the firmware', () => {
  assert.match(grubConfig({ ...GRUB, profile: grubProfile({ kind: 'local' }) }), /\nexit\n$/);
  const xen = grubConfig({ ...GRUB, profile: grubProfile({ kind: 'xen' }) });
  assert.match(xen, /of the kind xen, which iPXE starts and GRUB does not/);
  assert.match(xen, /\nreboot\n$/);
});

test('J5, J6: a machine whose memory cannot hold what it is to load is told so before it loads it', () => {
  const MIB = 2 ** 20;
  const bios = (megabytes: number) => ({ platform: 'pcbios', megabytes });
  assert.equal(memoryProblem(bios(2048), 10 * MIB, 300 * MIB), undefined);
  assert.match(memoryProblem(bios(512), 10 * MIB, 300 * MIB) ?? '', /has 512 MiB of memory.*need 738$/);
  assert.match(memoryProblem(bios(65_536), 10 * MIB, 2100 * MIB) ?? '', /BIOS loads at most 2048/);
  assert.equal(memoryProblem({ platform: 'efi', megabytes: 65_536 }, 10 * MIB, 2100 * MIB), undefined);
  assert.equal(
    memoryProblem({ platform: undefined, megabytes: Number.NaN }, 10 * MIB, 300 * MIB),
    undefined,
    'it did not say',
  );
});
