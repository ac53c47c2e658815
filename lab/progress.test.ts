import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootStep, isReady, lastStage, nextStage, powerOn, restarted, type Boot } from './progress.ts';
import { machineLine } from './screen.ts';

const CODE = 'a'.repeat(64);

/** Plays back `[seconds, line]` as they came from a serial console. */
const play = (boot: Boot, lines: readonly (readonly [number, string])[]): Boot =>
  lines.reduce((state, [at, text]) => bootStep(state, { kind: 'line', text }, at), boot);

const FROM_DRIVE = [
  [0.2, 'BdsDxe: starting Boot0002 "UEFI QEMU QEMU USB HARDDRIVE 1-0000:00:03.0-1"'],
  [5.1, 'pxen: loader 1a2b3c'],
  [6.2, '(XEN) Xen version 4.20.0 (Debian 4.20.0+68) (pkg-xen-devel@lists.alioth.debian.org)'],
  [6.3, '(XEN) Xen version 4.20.0 again'],
  [12.3456, '[    5.123456] pxen: stage1 begin'],
  [13, 'pxen: stage1 root 1.2'],
  [40, 'pxen: agent started'],
  [55.5, `[   48.000000] pxen: ready ${CODE}`],
] as const;

test('reads the stages of a boot from the drive, each from its first sign', () => {
  const boot = play(powerOn('drive', CODE), FROM_DRIVE);
  assert.deepEqual(boot.seconds, { firmware: 5.1, loader: 6.2, kernel: 12.346, agent: 40, ready: 55.5 });
  assert.ok(isReady(boot));
  assert.equal(nextStage(boot), undefined);
});

test('from the network the firmware is done with its first DHCP frame', () => {
  const asked = bootStep(bootStep(powerOn('network', CODE), { kind: 'dhcp' }, 2.5), { kind: 'dhcp' }, 4);
  const boot = play(asked, [
    [9, 'pxen: loader something that passed'],
    [10, ' Xen 4.20.0'],
  ]);
  assert.deepEqual(boot.seconds, { firmware: 2.5, loader: 10, kernel: null, agent: null, ready: null });
  assert.equal(lastStage(boot), 'loader');
  assert.equal(nextStage(boot), 'kernel');
  assert.equal(bootStep(powerOn('drive', CODE), { kind: 'dhcp' }, 1).seconds.firmware, null);
});

test('ready with the code of another boot is a failure', () => {
  const boot = play(powerOn('drive', CODE), [[50, `pxen: ready ${'b'.repeat(64)}`]]);
  assert.equal(isReady(boot), false);
  assert.match(boot.failure ?? '', /code/);
});

test('a failed stage 1 ends the waiting at once, a panic at its second time', () => {
  assert.notEqual(play(powerOn('network', CODE), [[1, 'pxen: stage1 failed no root']]).failure, null);
  for (const line of ['(XEN) Panic on CPU 0:', '[ 1.0] Kernel panic - not syncing: VFS']) {
    const once = play(powerOn('network', CODE), [[1, line]]);
    assert.deepEqual([once.failure, once.panics], [null, 1], line);
    assert.match(play(restarted(once), [[20, line]]).failure ?? '', /panicked, 2 times/);
  }
});

test('after a reset the stages count anew, in seconds since power-on', () => {
  const boot = play(restarted(play(powerOn('drive', CODE), FROM_DRIVE.slice(0, 3))), [[60, 'pxen: loader']]);
  assert.deepEqual([boot.seconds.firmware, boot.seconds.loader], [60, null]);
});

test('keeps the last lines only', () => {
  const boot = play(
    powerOn('drive', CODE),
    Array.from({ length: 100 }, (_, at) => [at, `line ${at}`] as const),
  );
  assert.equal(boot.lastLines.at(-1), 'line 99');
  assert.equal(boot.lastLines.length, 40);
});

test('a machine in one line', () => {
  const boot = play(powerOn('drive', CODE), FROM_DRIVE.slice(0, 3));
  assert.equal(
    machineLine('ada', 'uefi drive', boot, true, 7.6),
    'ada      uefi drive    firmware 5.1  loader 6.2  ... 8 s',
  );
  assert.equal(machineLine('bea', 'bios network', undefined, false, 0), 'bea      bios network  off');
});
