import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mac } from '../../net/mac.ts';
import { DecodeError } from '../../net/bytes.ts';
import { LINUX_ARGS, XEN_ARGS } from '../arguments.ts';
import { ipxeSentence, ipxeWord } from './ipxe-text.ts';
import { problemScript } from './asking.ts';
import { xenScript, type XenBoot } from './xen.ts';
import { xenConfig } from '../xen-config.ts';

const ARGS = { xen: XEN_ARGS, linux: LINUX_ARGS };
const BOOT: XenBoot = {
  name: 'ada',
  mac: '52:54:00:00:00:01' as Mac,
  base: 'http://10.1.2.1',
  release: '1.2-abc',
  profile: { name: 'xen', vlan: undefined },
  servers: [],
  choice: undefined,
  args: ARGS,
};

const lines = (text: string): string[] => text.split('\n');

test('BIOS loads Xen by multiboot, UEFI by its own loader', () => {
  const script = lines(xenScript(BOOT));
  assert.equal(script[0], '#!ipxe');
  const release = 'http://10.1.2.1/boot/releases/1.2-abc';
  const node = 'http://10.1.2.1/node/52-54-00-00-00-01';
  for (const line of [
    'iseq ${platform} efi && goto efi ||',
    `kernel ${release}/xen ${XEN_ARGS.join(' ')} || goto failed`,
    `module ${release}/vmlinuz ${LINUX_ARGS.join(' ')} || goto failed`,
    `module ${node}/initrd || goto failed`,
    `module ${node}/microcode/\${cpuvendor}/\${cpuid/0.1:hexraw} || goto failed`,
    `kernel --name xen.efi ${release}/xen.efi -cfg=xen.cfg || goto failed`,
    `initrd --name xen.cfg ${node}/xen.cfg || goto failed`,
    `initrd --name vmlinuz ${release}/vmlinuz || goto failed`,
    `initrd --name initrd ${node}/initrd || goto failed`,
  ]) {
    assert.ok(script.includes(line), line);
  }
});

test('J8: no script asks or stops: each failure leads to a retry, and its end to the start', () => {
  for (const text of [xenScript(BOOT), problemScript('no way', 'http://10.1.2.1/ipxe/x')]) {
    const script = lines(text).filter((line) => line !== '');
    assert.ok(!script.some((line) => /^(prompt|shell|menu|choose|exit)\b/.test(line)));
    assert.match(script.at(-1) ?? '', /goto again$/);
    const targets = script.flatMap((line) => /goto (\w+)/.exec(line)?.[1] ?? []);
    for (const target of targets) assert.ok(script.includes(`:${target}`), target);
    for (const line of script) if (/^(kernel|module|initrd|boot)\b/.test(line)) assert.match(line, /\|\| goto failed$/);
  }
});

test('command lines that iPXE would cut off are refused', () => {
  const linux = [...LINUX_ARGS, `x=${'y'.repeat(300)}`];
  assert.throws(() => xenScript({ ...BOOT, args: { xen: XEN_ARGS, linux } }), /of 512 bytes/);
});

test('a word that iPXE would act on is refused', () => {
  for (const bad of ['', 'a b', '${net0/mac}', 'a${b', '#x', '||', '&&', ';', 'a\nb', 'ä']) {
    assert.throws(() => ipxeWord(bad), DecodeError, bad);
  }
  for (const good of ['a;b', 'dom0_mem=1G,max:1G', '$x', "it's"]) assert.equal(ipxeWord(good), good);
});

test('a sentence is softened', () => {
  assert.equal(ipxeSentence('a ${b} || # c\n; ü'), 'a $ {b} "||" "#" c ";" ?');
});

test('xen.cfg names everything in one section', () => {
  assert.deepEqual(lines(xenConfig(ARGS)), [
    '[global]',
    'default=pxen',
    '',
    '[pxen]',
    `options=${XEN_ARGS.join(' ')}`,
    `kernel=vmlinuz ${LINUX_ARGS.join(' ')}`,
    'ramdisk=initrd',
    'ucode=microcode',
    '',
  ]);
  assert.throws(() => xenConfig({ xen: ['a\n[b]'], linux: [] }), DecodeError);
});

test('a machine with another processor is told so and fetches nothing', () => {
  const lines = xenScript(BOOT).split('\n');
  const [efi, foreign] = [lines.indexOf(':efi'), lines.indexOf(':foreign')];
  for (const arch of ['i386', 'arm64']) {
    const at = lines.indexOf(`iseq \${buildarch} ${arch} && goto foreign ||`);
    assert.ok(efi < at && at < lines.findIndex((line) => line.startsWith('kernel --name xen.efi')), arch);
  }
  assert.match(lines[foreign + 1] ?? '', /^echo pxen: this release is for x86-64, and this machine is /);
  assert.ok(lines.slice(foreign).every((line) => !/^(kernel|initrd)/.test(line)));
});
