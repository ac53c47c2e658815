import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../shell/run.ts';

let work = '';
before(async () => {
  work = await mkdtemp(join(tmpdir(), 'pxen-init-'));
});
after(() => rm(work, { recursive: true }));

/** `pxen` with a cache of its own. */
const pxen = (...words: readonly string[]) =>
  run([process.execPath, join(import.meta.dirname, 'main.ts'), ...words], {
    accept: [0, 1, 2],
    env: { PXEN_CACHE: join(work, 'cache') },
  });

test('--init makes a folder that is right, with the loaders that drives are built from, and tells their hashes', async () => {
  const loaders = join(work, 'cache', 'tools', 'key', 'root', 'usr', 'lib', 'ipxe');
  await mkdir(loaders, { recursive: true });
  await writeFile(join(loaders, 'undionly.kpxe'), 'bios');
  const dir = join(work, 'made');
  const { code, stdout } = await pxen('serve', '--init', dir);
  assert.equal(code, 0);
  assert.match(stdout, /^boot\/loaders\/undionly\.kpxe from \S+, SHA-256 [0-9a-f]{64}$/m);
  assert.equal(await readFile(join(dir, 'boot', 'loaders', 'undionly.kpxe'), 'utf8'), 'bios');
  const checked = await pxen('check', dir);
  assert.equal(checked.code, 0);
  assert.match(checked.stdout, /is right: cluster pxen/);
  assert.match(checked.stderr, /^warning: machines of payload xen cannot boot from .*boot\/grubenv is missing/);
});

test('--init leaves a folder alone that has a cluster.yaml', async () => {
  const dir = join(work, 'own');
  await mkdir(dir);
  await writeFile(join(dir, 'cluster.yaml'), 'mine');
  const { code, stderr } = await pxen('serve', '--init', dir);
  assert.equal(code, 2);
  assert.match(stderr, /cluster\.yaml is there already\nremedy: Serve it/);
  assert.equal(await readFile(join(dir, 'cluster.yaml'), 'utf8'), 'mine');
});

test('--init says why it cannot make a folder', async () => {
  const file = join(work, 'file');
  await writeFile(file, '');
  const { code, stderr } = await pxen('serve', '--init', file);
  assert.equal(code, 2);
  assert.match(stderr, /file cannot be made: a part of its path is no folder\nremedy: Name another folder/);
});

test('a call that is wrong is refused before anything is opened', async () => {
  const wrong = [
    [['--http-port', '70000'], /--http-port cannot be 70000/],
    [['--address', 'here'], /--address cannot be here/],
    [['--tls-cert', 'a.pem'], /a certificate and its key go together/],
  ] as const;
  for (const [flags, sentence] of wrong) {
    const { code, stderr } = await pxen('serve', work, ...flags);
    assert.equal(code, 2);
    assert.match(stderr, sentence);
  }
});
