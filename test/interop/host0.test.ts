import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BOOT_FILES, RELEASE } from '../fixtures/rig.ts';
import { layDrive, removeDrive, startServer, type Running } from './running.ts';
import { Segment, whyNot } from './segment.ts';

/** The real boot server on a real interface, before other people's clients, in namespaces of its own. */

const MAC = '52:54:00:00:00:07';
const SERVE = join(import.meta.dirname, 'serve.ts');
const skip = await whyNot(['udhcpc', 'tftp', 'atftp', 'curl', 'setpriv']);
const segment = new Segment('pxh');
let folder = '';
let script = '';
let server: Running | undefined;

const flags = (journal = join(folder, 'leases'), name = Segment.interface): string[] => [
  '--dir',
  folder,
  '--interface',
  name,
  '--address',
  '10.99.0.1/24',
  '--journal',
  journal,
];
const client = (...command: readonly string[]) => segment.in(segment.client, command);
const curl = (...words: readonly string[]) => client('curl', '-sS', ...words);

const CLUSTER_FILE = `version: 1
cluster: { name: lab }
hosts:
  - { mac: "${MAC}", name: ada, address: 10.99.0.50 }
`;
const until = async (text: string): Promise<void> => server?.until(text);

before(async () => {
  if (skip !== false) return;
  ({ folder, script } = await layDrive(CLUSTER_FILE));
  await chmod(folder, 0o755);
  await segment.make('10.99.0.1/24', MAC);
  server = await startServer(segment.server, folder, Segment.interface, '10.99.0.1/24');
});

after(async () => {
  if (skip !== false) return;
  await server?.end();
  await segment.remove();
  await removeDrive(folder);
});

test('udhcpc is given its address and its boot file, as firmware and as a system', { skip }, async () => {
  const udhcpc = ['udhcpc', '-i', Segment.interface, '-n', '-q', '-t', '5', '-s', script];
  const pxe = await client(...udhcpc, '-V', 'PXEClient:Arch:00007:UNDI:003000', '-x', '0x5d:0007');
  assert.match(pxe.stdout, /^10\.99\.0\.50\/24 loaders\/snponly\.efi 10\.99\.0\.1 ada 120 ntp=$/m);
  const plain = await client(...udhcpc);
  assert.match(plain.stdout, /^10\.99\.0\.50\/24 {3}ada 3600 ntp=$/m);
  await client('ip', 'addr', 'add', '10.99.0.50/24', 'dev', Segment.interface);
  await until(`${MAC} dhcp firmware 10.99.0.50`);
});

test('tftp-hpa and atftp fetch a loader, plain and with options', { skip }, async () => {
  const [path, out] = ['loaders/snponly.efi', join(folder, 'out')];
  const wanted = Buffer.from(BOOT_FILES.get(path) ?? []);
  const atftp = ['atftp', '-g', '-r', path, '-l', out];
  for (const command of [
    ['tftp', '-m', 'binary', '10.99.0.1', '-c', 'get', path, out],
    [...atftp, '10.99.0.1'],
    [...atftp, '--option', 'blksize 1428', '--option', 'windowsize 8', '--option', 'tsize 0', '10.99.0.1'],
  ]) {
    await rm(out, { force: true });
    await client(...command);
    assert.ok((await readFile(out)).equals(wanted), command.join(' '));
  }
  await until(`${MAC} loader loaders/snponly.efi`);
});

test('curl gets the same length from HEAD as from GET, ranges, and one connection for all', { skip }, async () => {
  const url = `http://10.99.0.1/node/${MAC}/initrd`;
  const length = Number(/^Content-Length: (\d+)/m.exec((await curl('-I', url)).stdout)?.[1]);
  const out = join(folder, 'initrd');
  await curl('-o', out, url);
  const whole = await readFile(out);
  assert.equal(whole.length, length);
  assert.ok(whole.includes("PXEN_ADDRESS='10.99.0.50/24'"));
  await curl('-o', out, '-r', `${length - 700}-${length - 1}`, url);
  assert.ok((await readFile(out)).equals(whole.subarray(length - 700)));
  const { stdout } = await curl('-o', '/dev/null', url, '-o', '/dev/null', url, '-w', '%{num_connects} %{http_code}\n');
  assert.equal(stdout, '1 200\n0 200\n');
});

test('curl resumes a file, and is not sent what it has', { skip }, async () => {
  const [url, out] = [`http://10.99.0.1/boot/releases/${RELEASE}/xen`, join(folder, 'xen')];
  const wanted = Buffer.from(BOOT_FILES.get(`releases/${RELEASE}/xen`) ?? []);
  await writeFile(out, wanted.subarray(0, 4000));
  await curl('-C', '-', '-o', out, url);
  assert.ok((await readFile(out)).equals(wanted));
  const tag = /^ETag: (\S+)/m.exec((await curl('-I', url)).stdout)?.[1] ?? '';
  assert.equal((await curl('-o', '/dev/null', '-w', '%{http_code}', '-H', `If-None-Match: ${tag}`, url)).stdout, '304');
});

test('I14: no URL leads out of boot/', { skip }, async () => {
  for (const path of [
    'boot/../cluster.yaml',
    'boot/%2e%2e/cluster.yaml',
    'boot/..%2fcluster.yaml',
    'boot/..%5ccluster.yaml',
    'cluster.yaml',
  ]) {
    const { stdout } = await curl('--path-as-is', '-w', '%{http_code}', '-o', '/dev/null', `http://10.99.0.1/${path}`);
    assert.match(stdout, /^40[34]$/, path);
  }
});

test('steps of stage 1 are heard, and the status tells of the machine', { skip }, async () => {
  const tell = async (line: string): Promise<string> => (await curl('-d', line, 'http://10.99.0.1/api/v1/step')).stdout;
  assert.equal(await tell(`pxen1 ${MAC} 3.2 fetch 10 MB`), 'heard\n');
  await until(`${MAC} stage1 fetch 3.2 s 10 MB`);
  assert.equal(await tell(`pxen1 ${MAC} 4.5 verify root`), 'heard\n');
  await until(`${MAC} stage1 verify 4.5 s root`);
  assert.match(await tell('pxen1 nobody'), /^no step of stage 1/);
  assert.match((await curl('http://10.99.0.1/api/v1/status')).stdout, /"stage1 fetch"/);
});

test('a mistake in cluster.yaml leaves the last good version in force', { skip }, async () => {
  await writeFile(join(folder, 'cluster.yaml'), 'version: 1\ncluster: { nme: lab }\n');
  await until('BOOT_CLUSTER_FILE');
  assert.match((await curl(`http://10.99.0.1/ipxe/${MAC}`)).stdout, /echo pxen: ada boots/);
});

test('what the system refuses is said in a sentence with a remedy', { skip }, async () => {
  const start = (journal: string, ...words: readonly string[]) =>
    segment.in(segment.server, [...words, process.execPath, SERVE, ...flags(journal)], { accept: [1, 2] });
  await writeFile(join(folder, 'cluster.yaml'), 'version: 1\ncluster: { name: lab }\n');
  const taken = await start(join(folder, 'others'));
  assert.match(taken.stderr, /^TCP port 80 of 10\.99\.0\.1 .*(EADDRINUSE|is held by)/m);
  const nobodys = join(folder, 'nobodys');
  await mkdir(nobodys);
  await chmod(nobodys, 0o777);
  const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all'];
  const nobody = await start(join(nobodys, 'leases'), ...asNobody);
  assert.match(nobody.stderr, /cannot be opened: (EPERM|EACCES)\n.*CAP_NET_BIND_SERVICE/);
});

test('a second server on one lease journal fails before it touches it, and names the first', { skip }, async () => {
  const before = await readFile(join(folder, 'leases'), 'utf8');
  const command = [process.execPath, SERVE, ...flags()];
  const { code, stderr } = await segment.in(segment.server, command, { accept: [1] });
  assert.equal(code, 1);
  assert.match(stderr, /^the lease journal \S+ is in use by process \d+\nOne boot server is running already/);
  assert.equal(await readFile(join(folder, 'leases'), 'utf8'), before);
});

test('an interface that is not there is said so', { skip }, async () => {
  const words = flags(join(folder, 'others'), 'nope0');
  const { code, stderr } = await segment.in(segment.server, [process.execPath, SERVE, ...words], { accept: [1] });
  assert.deepEqual(
    [code, stderr],
    [1, 'the interface nope0 cannot be opened: ENODEV\nName an interface of this machine; `ip link` lists them.\n'],
  );
});
