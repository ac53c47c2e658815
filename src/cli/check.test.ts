import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageIndexText } from '../core/image/packageIndex.ts';
import { run } from '../shell/run.ts';

const TEXT = `version: 1
cluster: { name: lab }
profiles:
  nixos: { payload: { kind: linux, kernel: nixos/bzImage, initrd: nixos/initrd } }
boot: { loaders: { bios: loaders/my.kpxe } }
settings: [{ files: [{ path: /etc/motd, from: motd }] }]
`;

const check = (file: string) =>
  run([process.execPath, join(import.meta.dirname, 'main.ts'), 'check', file], { accept: [0, 2] });

test('on a drive, files that cluster.yaml names and that are not there are mistakes with their place', async () => {
  const drive = await mkdtemp(join(tmpdir(), 'pxen-check-'));
  try {
    const file = join(drive, 'cluster.yaml');
    await writeFile(file, TEXT);
    assert.equal((await check(file)).code, 0, 'away from a drive nobody knows where the files are');
    await mkdir(join(drive, 'boot', 'nixos'), { recursive: true });
    await writeFile(join(drive, 'boot', 'nixos', 'bzImage'), '');
    const { code, stderr } = await check(file);
    assert.equal(code, 2);
    assert.match(stderr, /cluster\.yaml:4:67: there is no file boot\/nixos\/initrd beside/);
    assert.match(stderr, /cluster\.yaml:5:26: there is no file boot\/loaders\/my\.kpxe beside/);
    assert.match(stderr, /cluster\.yaml:6:47: there is no file overlay\/motd beside/);
    assert.match(stderr, /has 3 mistakes/);
  } finally {
    await rm(drive, { recursive: true });
  }
});

test('a folder is checked as one that is served: its files are looked for, and a release where hosts of the cluster boot', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-check-'));
  try {
    await writeFile(join(folder, 'cluster.yaml'), TEXT);
    const { code, stderr } = await check(folder);
    assert.equal(code, 2);
    assert.match(stderr, /cluster\.yaml:4:44: there is no file boot\/nixos\/bzImage beside/);
    assert.match(stderr, /^warning: machines of payload xen cannot boot from \S+: .*boot\/grubenv is missing/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('packages that the drive has no layer of are said with the command that makes them; that is no mistake of the file', async () => {
  const drive = await mkdtemp(join(tmpdir(), 'pxen-check-'));
  const packages = join(drive, 'boot', 'packages');
  const htop = { name: 'htop', file: 'htop-1.squashfs', size: 5, sha256: 'ab'.repeat(32) };
  const note = async (): Promise<string> => {
    const { code, stdout } = await check(join(drive, 'cluster.yaml'));
    assert.equal(code, 0);
    return /^note: (.*)$/m.exec(stdout)?.[1] ?? '';
  };
  try {
    const text = 'version: 1\ncluster: { name: lab }\nsettings: [{ packages: [htop, tree] }]\n';
    await writeFile(join(drive, 'cluster.yaml'), text);
    assert.match(await note(), /^packages stand on the drive.*pxen drive packages DIR/);
    await mkdir(packages, { recursive: true });
    assert.match(await note(), /^the drive has no htop, tree: make them with `pxen drive packages DIR`/);
    await writeFile(join(packages, 'index'), packageIndexText({ root: 'cd'.repeat(32), layers: [htop] }));
    assert.match(await note(), /^the drive has no tree, htop: /, 'a layer that the index names must be there');
    await writeFile(join(packages, 'htop-1.squashfs'), 'layer');
    assert.match(await note(), /^the drive has no tree: /);
    await writeFile(join(drive, 'cluster.yaml'), text.replace(', tree', ''));
    assert.equal(await note(), '');
    await writeFile(join(packages, 'index'), 'damaged');
    assert.match(await note(), /^the drive has no htop: /);
  } finally {
    await rm(drive, { recursive: true });
  }
});

const WITH_ADDONS = `version: 1
cluster: { name: lab }
hosts: [{ mac: 52:54:00:00:00:01, name: ada }]
addons:
  router: {}
  kubernets: {}
`;
const ROUTER = 'sysctl: { net.ipv4.ip_forward: 1 }\nfiles: [{ path: /etc/x, from: x }]\npackages: [htop]\n';

test('add-ons are checked with the file: a folder that is missing, mistakes with place, files that they name', async () => {
  const drive = await mkdtemp(join(tmpdir(), 'pxen-check-'));
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(join(drive, 'addons', name), { recursive: true });
    await writeFile(join(drive, 'addons', name, 'addon.yaml'), text);
  };
  try {
    await writeFile(join(drive, 'cluster.yaml'), WITH_ADDONS);
    const away = await check(join(drive, 'cluster.yaml'));
    assert.equal(away.code, 0);
    assert.match(away.stdout, /^note: add-ons stand on the drive, .*: addons\/router\/addon\.yaml, addons\/kubernets/m);
    await put('router', 'sysctls: {}\n');
    await put('kubernetes', '');
    const { code, stderr } = await check(drive);
    assert.equal(code, 2);
    assert.match(stderr, /cluster\.yaml:6:3: there is no addons\/kubernets\/addon\.yaml beside/);
    assert.match(stderr, /= Did you mean `kubernetes`\?/);
    assert.match(stderr, /addons\/router\/addon\.yaml:1:1: there is no key `sysctls` here\n.*\n.*\^{7}\n.*`sysctl`/);
    await writeFile(join(drive, 'cluster.yaml'), WITH_ADDONS.replace('  kubernets: {}\n', ''));
    await put('router', ROUTER);
    assert.match(
      (await check(drive)).stderr,
      /router\/addon\.yaml:2:31: there is no file x beside \S+router\/addon\.yaml/,
    );
    await writeFile(join(drive, 'addons', 'router', 'x'), '');
    const right = await check(drive);
    assert.match(right.stdout, /is right: .*, 1 add-on$/m);
    assert.match(right.stdout, /^note: packages stand on the drive/m);
    const words = [process.execPath, join(import.meta.dirname, 'main.ts'), 'check', drive, '--explain', 'ada'];
    const { stdout } = await run(words);
    assert.match(stdout, /^sysctl net\.ipv4\.ip_forward +1 +\S+addons\/router\/addon\.yaml:1:32$/m);
  } finally {
    await rm(drive, { recursive: true });
  }
});
