import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureImage } from '../../src/build/main.ts';
import { CHUNK, manifestText } from '../../src/core/image/manifest.ts';
import { run } from '../../src/shell/run.ts';

/** Stage 1's own scripts, run by the busybox that runs them on a host, before a server that sends damaged bytes. */

const STEPS = join(import.meta.dirname, '../../image/stage1/steps');
const ROOT = Uint8Array.from({ length: 3 * CHUNK + 777 }, (_, at) => (at * 7 + (at >> 11)) & 0xff);
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const chunks = [0, 1, 2, 3].map((index) => sha256(ROOT.subarray(index * CHUNK, (index + 1) * CHUNK)));
const MANIFEST = manifestText({
  release: 'r1',
  files: [{ name: 'root.squashfs', size: ROOT.length, sha256: sha256(ROOT), chunks }],
});

/** What is wrong with the bytes that go out. */
type Weather = 'fine' | 'damaged once' | 'damaged always' | 'cut off once' | 'another manifest';
let weather: Weather = 'fine';
let asked: string[] = [];
let server: Server;
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pxen-stage1-'));
  await mkdir(join(folder, 'bin'));
  const { root } = await ensureImage(() => undefined);
  await run([join(root.folder, 'busybox'), '--install', '-s', join(folder, 'bin')]);
  server = createServer((request, response) => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    asked.push(`${request.url?.split('/').at(-1)} ${request.headers.range ?? 'whole'}`);
    const isManifest = request.url?.endsWith('/manifest');
    const good = isManifest ? Buffer.from(weather === 'another manifest' ? `${MANIFEST}\n` : MANIFEST) : ROOT;
    const [from, to] = range ? [Number(range[1]), Number(range[2] || good.length - 1)] : [0, good.length - 1];
    const bytes = Buffer.from(good.subarray(from, to + 1));
    if (!isManifest && (weather === 'damaged always' || (weather === 'damaged once' && !range))) spoil(bytes);
    response.writeHead(range ? 206 : 200, {
      'Content-Length': bytes.length,
      ...(range ? { 'Content-Range': `bytes ${from}-${from + bytes.length - 1}/${good.length}` } : {}),
    });
    if (isManifest || weather !== 'cut off once' || range) return void response.end(bytes);
    response.write(bytes.subarray(0, CHUNK + 5), () => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

after(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function spoil(bytes: Buffer): void {
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
}

/** Fetches the manifest and the root as stage 1 does. Gives what it said and its exit code. */
async function fetchRoot(now: Weather): Promise<{ said: string; code: number; root: Buffer | undefined }> {
  weather = now;
  asked = [];
  const target = await mkdtemp(join(folder, 'r-'));
  const port = portOf(server);
  const script = [
    `PXEN_BOOT=network PXEN_SERVER=127.0.0.1:${port} PXEN_RELEASE=r1 PXEN_MANIFEST=${sha256(MANIFEST)} release=${target}`,
    `. ${STEPS}/fetch.sh`,
    'say() { echo "$*"; }',
    'get_manifest && get_verified root.squashfs || { echo "problem: $problem"; exit 1; }',
  ].join('\n');
  const command = ['env', '-i', `PATH=${join(folder, 'bin')}`, join(folder, 'bin', 'sh'), '-c', script];
  const { stdout, code } = await run(command, { accept: [0, 1] });
  const root = await readFile(join(target, 'root.squashfs')).catch(() => undefined);
  return { said: stdout, code, root };
}

test('a root that comes whole is fetched once', async () => {
  const { code, root } = await fetchRoot('fine');
  assert.equal(code, 0);
  assert.deepEqual(asked, ['manifest whole', 'root.squashfs whole']);
  assert.equal(Buffer.compare(root ?? Buffer.alloc(0), ROOT), 0);
});

test('of a root with a damaged chunk only that chunk is fetched again', async () => {
  const { code, root, said } = await fetchRoot('damaged once');
  assert.equal(code, 0, said);
  assert.deepEqual(asked.slice(2), [`root.squashfs bytes=${CHUNK}-${2 * CHUNK - 1}`]);
  assert.match(said, /fetch root\.squashfs, chunk 1 again/);
  assert.equal(Buffer.compare(root ?? Buffer.alloc(0), ROOT), 0);
});

test('a root that stays damaged is thrown away, with a sentence', async () => {
  const { code, root, said } = await fetchRoot('damaged always');
  assert.equal(code, 1);
  assert.match(said, /problem: root\.squashfs does not match its hash in the manifest: the network copy is damaged/);
  assert.equal(root, undefined);
});

test('a root whose transfer breaks off is an error that stage 1 tries again', async () => {
  const { code, said } = await fetchRoot('cut off once');
  if (code === 1) assert.match(said, /problem: the boot server 127\.0\.0\.1:\d+ does not give root\.squashfs/);
  else assert.ok(asked.some((line) => line.startsWith(`root.squashfs bytes=`)));
});

test('a manifest that is not the one the facts name is refused', async () => {
  const { code, said } = await fetchRoot('another manifest');
  assert.equal(code, 1);
  assert.match(said, /problem: the manifest of release r1 is damaged or of another release/);
  assert.deepEqual(asked, ['manifest whole']);
});

const LAYER_LINE = `layer htop htop-1.squashfs ${ROOT.length} ${sha256(ROOT)}`;

/** Brings package layers as stage 1 does, from the server, with a mount(8) that only says so. */
async function bringPackages(now: Weather, boot: 'network' | 'drive', lines: string, own = 'htop,gone') {
  weather = now;
  asked = [];
  const drive = await mkdtemp(join(folder, 'p-'));
  await mkdir(join(drive, 'boot/packages'), { recursive: true });
  if (boot === 'drive') {
    await writeFile(join(drive, 'boot/packages/index'), `pxen-packages 1\nroot x\n${lines}\nend\n`);
    await writeFile(join(drive, 'boot/packages/htop-1.squashfs'), now === 'damaged always' ? ROOT.subarray(1) : ROOT);
  }
  await writeFile(join(drive, 'facts'), `${lines}\n`);
  const steps = (await readFile(`${STEPS}/packages.sh`, 'utf8'))
    .replaceAll('cat /pxen/layers', `cat ${drive}/facts`)
    .replaceAll('/run/pxen/drive/', `${drive}/`)
    .replaceAll(/\/run\/(pxen\/)?/g, `${drive}/`);
  const script = [
    `PXEN_BOOT=${boot} PXEN_SERVER=127.0.0.1:${portOf(server)} own_layers=${own} lower=root`,
    `. ${STEPS}/fetch.sh`,
    'say() { echo "$*"; }',
    'sleep() { :; }',
    'mount() { echo "mount $*"; }',
    steps,
    'mount_packages; echo "lower $lower"',
  ].join('\n');
  const command = ['env', '-i', `PATH=${join(folder, 'bin')}`, join(folder, 'bin', 'sh'), '-c', script];
  const { stdout } = await run(command);
  const told = await readFile(join(drive, 'packages'), 'utf8');
  return { said: stdout.replaceAll(drive, ''), told };
}

const portOf = (one: Server): number => (one.address() as AddressInfo).port;

test('a package layer comes by HTTP, is held against its hash, and lies over the root', async () => {
  const { said, told } = await bringPackages('fine', 'network', LAYER_LINE);
  assert.match(said, /mount -t squashfs -o ro,loop \/boot\/packages\/htop-1\.squashfs \/layers\/htop/);
  assert.match(said, /lower \/layers\/htop:root/);
  assert.equal(told, 'htop mounted\n');
  assert.deepEqual(asked, ['htop-1.squashfs whole']);
});

test('a package layer that stays damaged is tried three times, then left out with a sentence; the host boots', async () => {
  const { said, told } = await bringPackages('damaged always', 'network', LAYER_LINE);
  assert.equal(asked.length, 3);
  assert.match(said, /fetch the package htop is left out: the boot server .* does not give it whole/);
  assert.match(said, /lower root$/m);
  assert.match(told, /^htop left out: the boot server/);
});

test('from the drive, layers are those that the loader named; what is not there or is damaged is left out', async () => {
  const { said, told } = await bringPackages('fine', 'drive', LAYER_LINE);
  assert.equal(told, 'htop mounted\ngone left out: the drive has no layer of it\n');
  assert.match(said, /lower \/layers\/htop:root/);
  assert.deepEqual(asked, []);
  const damaged = await bringPackages('damaged always', 'drive', LAYER_LINE, 'htop');
  assert.equal(damaged.told, 'htop left out: its layer on the drive is damaged\n');
  const none = await bringPackages('fine', 'drive', LAYER_LINE, '');
  assert.equal(none.told, '');
});
