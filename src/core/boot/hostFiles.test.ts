import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { hostFileEntries, hostFiles } from './hostFiles.ts';

const KEYS = ['ssh-ed25519 AAAAC3Nza ada@desk', 'ssh-ed25519 AAAAC3Nzb'];

test("the keys of cluster.yaml are root's on every host, one a line", () => {
  const [file, ...more] = hostFiles(cluster({ access: { sshKeys: KEYS } }));
  assert.deepEqual(file, { path: '/root/.ssh/authorized_keys', text: `${KEYS[0]}\n${KEYS[1]}\n` });
  assert.deepEqual([more, hostFiles(cluster({}))], [[], []]);
});

test('in the initrd every folder comes before what lies in it, and nobody else may look', () => {
  const entries = hostFileEntries(hostFiles(cluster({ access: { sshKeys: KEYS } })));
  assert.deepEqual(
    entries.map((entry) => `${entry.path} ${'mode' in entry ? entry.mode.toString(8) : ''}`),
    ['pxen/files 700', 'pxen/files/root 700', 'pxen/files/root/.ssh 700', 'pxen/files/root/.ssh/authorized_keys 600'],
  );
});
