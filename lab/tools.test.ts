import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../src/shell/fail.ts';
import { run, type Run } from '../src/shell/run.ts';
import { checkQemu, findOvmf, probe, QEMU } from './tools.ts';

const says = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Failure);
  assert.match(error.message, pattern);
  return /Install/.test(error.remedy);
};

test('no QEMU', async () => {
  await assert.rejects(checkQemu(run, 'qemu-that-is-not-here'), says(/qemu-that-is-not-here, which does not start/));
});

test('a QEMU without stream sockets', async () => {
  const old: Run = () => Promise.resolve({ code: 0, stdout: 'QEMU emulator version 7.1.0', stderr: '' });
  await assert.rejects(checkQemu(old, 'qemu'), says(/version 7.1, too old/));
  const young: Run = () => Promise.resolve({ code: 0, stdout: 'QEMU emulator version 10.0.2 (Debian)', stderr: '' });
  await checkQemu(young, 'qemu');
});

test('no OVMF', async () => {
  await assert.rejects(findOvmf([{ code: '/nowhere/code.fd', vars: '/nowhere/vars.fd' }]), says(/\/nowhere\/code.fd/));
});

test('the probe sees code run, and sees where none does', async () => {
  assert.equal(await probe(run, QEMU, ['-accel', 'tcg']), true);
  assert.equal(await probe(run, QEMU, ['-accel', 'none-such']), false);
});
