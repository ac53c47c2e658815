import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { appliedLines } from './applied.ts';
import { hostFileEntries, hostFiles, type HostFile } from './hostFiles.ts';

const KEYS = ['ssh-ed25519 AAAAC3Nza ada@desk', 'ssh-ed25519 AAAAC3Nzb'];
const ADA = { name: 'ada', labels: {} };
const NONE = new Map<string, Uint8Array>();

const filesOf = (...settings: Record<string, unknown>[]): HostFile[] => hostFiles(cluster({ settings }), ADA);
const textAt = (files: readonly HostFile[], path: string): string | undefined => {
  const file = files.find((one) => one.path === path);
  return file !== undefined && 'text' in file ? file.text : undefined;
};
const targetAt = (files: readonly HostFile[], path: string): string | undefined => {
  const file = files.find((one) => one.path === path);
  return file !== undefined && 'target' in file ? file.target : undefined;
};

test("the keys of cluster.yaml are root's on every host, one a line", () => {
  const [file, ...more] = hostFiles(cluster({ access: { sshKeys: KEYS } }), ADA);
  assert.deepEqual(file, { path: '/root/.ssh/authorized_keys', mode: 0o600, text: `${KEYS[0]}\n${KEYS[1]}\n` });
  assert.deepEqual([more, hostFiles(cluster({}), ADA)], [[], []]);
});

test('in the initrd every folder comes before what lies in it, and nobody else looks into that of root', () => {
  const entries = hostFileEntries(hostFiles(cluster({ access: { sshKeys: KEYS } }), ADA), NONE);
  assert.deepEqual(
    entries.map((entry) => `${entry.path} ${'mode' in entry ? entry.mode.toString(8) : ''}`),
    ['pxen/files 755', 'pxen/files/root 700', 'pxen/files/root/.ssh 700', 'pxen/files/root/.ssh/authorized_keys 600'],
  );
});

test('modules and what they are told, and sysctls, stand where systemd reads them when the host is ready', () => {
  const files = filesOf({ modules: ['loop', 'kvm_intel nested=1'], sysctl: { 'vm.swappiness': 10 } });
  assert.equal(textAt(files, '/etc/modules-load.d/90-pxen.conf'), 'loop\nkvm_intel\n');
  assert.equal(textAt(files, '/etc/modprobe.d/90-pxen.conf'), 'options kvm_intel nested=1\n');
  assert.equal(textAt(files, '/etc/sysctl.d/90-pxen.conf'), 'vm.swappiness = 10\n');
  const wants = '/etc/systemd/system/pxen-later.target.wants';
  assert.ok(targetAt(files, `${wants}/systemd-modules-load.service`));
  assert.ok(targetAt(files, `${wants}/pxen-sysctl.service`));
  assert.match(
    textAt(files, '/etc/systemd/system/pxen-sysctl.service') ?? '',
    /^After=systemd-modules-load\.service$/m,
  );
});

test('a unit is written and begun with the host; one that is disabled is masked, its text left out', () => {
  const files = filesOf({
    units: {
      'mine.service': { text: '[Service]\n', state: 'enabled' },
      'chrony.service': { state: 'disabled' },
      'ssh.socket': { state: 'enabled' },
    },
  });
  const units = '/etc/systemd/system';
  assert.equal(textAt(files, `${units}/mine.service`), '[Service]\n');
  assert.equal(targetAt(files, `${units}/pxen-later.target.wants/mine.service`), `${units}/mine.service`);
  assert.equal(targetAt(files, `${units}/pxen-later.target.wants/ssh.socket`), '/usr/lib/systemd/system/ssh.socket');
  assert.equal(targetAt(files, `${units}/chrony.service`), '/dev/null');
});

test('a file that comes from overlay/ has its bytes and its mode; one that is missing there is left out', () => {
  const files = filesOf({
    files: [
      { path: '/etc/banner', from: 'banner', mode: '0600' },
      { path: '/etc/gone', from: 'gone' },
    ],
  });
  const entries = hostFileEntries(files, new Map([['overlay/banner', Uint8Array.of(1, 2)]]));
  const banner = entries.find(({ path }) => path === 'pxen/files/etc/banner');
  assert.deepEqual(banner, { kind: 'file', path: 'pxen/files/etc/banner', mode: 0o600, bytes: Uint8Array.of(1, 2) });
  assert.ok(!entries.some(({ path }) => path.endsWith('gone')));
});

test('the host carries a list of what was applied, which its report keeps small', () => {
  const files = filesOf({ sysctl: { 'vm.swappiness': 10 }, units: { 'a.timer': { state: 'disabled' } } });
  const text = textAt(files, '/etc/pxen/applied') ?? '';
  assert.deepEqual(appliedLines(text), ['unit a.timer disabled', 'sysctl vm.swappiness = 10']);
  assert.equal(appliedLines(`${'x'.repeat(999)}\n`.repeat(999)).join('').length, 20_000);
});
