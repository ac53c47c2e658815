import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Segment, whyNot } from './segment.ts';

/** TFTP and boot HTTP(S) over a cable, before other people's clients. */

const SERVE = join(import.meta.dirname, 'serveFiles.ts');
const SERVER = '10.97.0.1';
const skip = await whyNot(['tftp', 'atftp', 'curl']);
const skipLoss = skip === false ? await whyNot(['nft', 'ethtool']) : skip;
const segment = new Segment('pxf');
const ending = new AbortController();
let folder = '';
let out = '';
const servings: Promise<unknown>[] = [];

const pattern = (size: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 9)) & 0xff));
const FILES: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  'one-block': pattern(512),
  exact: pattern(1428 * 64),
  'loaders/snponly.efi': pattern(3_000_001),
  'many-blocks': pattern(512 * 65_537 + 100),
  'menu.txt': Buffer.from('one\ntwo\r\n'),
};

const client = (...command: readonly string[]) => segment.in(segment.client, command);
const curl = (...words: readonly string[]) => client('curl', '-sS', ...words);

async function serve(address: string, options: object): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let said = '';
  const onOutput = (text: string): void => {
    said += text;
    if (said.includes('serving')) resolve();
  };
  const words = [process.execPath, SERVE, address, join(folder, 'boot'), join(folder, 'keys'), JSON.stringify(options)];
  const serving = segment.in(segment.server, words, { signal: ending.signal, onOutput });
  servings.push(serving.catch(() => undefined));
  await Promise.race([promise, serving.then(() => assert.fail(`the server ended: ${said}`))]);
}

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'pxen-interop-files-'));
  out = join(folder, 'out');
  await mkdir(join(folder, 'boot', 'loaders'), { recursive: true });
  for (const [path, bytes] of Object.entries(FILES)) await writeFile(join(folder, 'boot', path), bytes);
  await segment.make(`${SERVER}/24`, '52:54:00:00:00:08');
  for (const more of ['10.97.0.2/24', '10.97.0.3/24']) {
    await segment.in(segment.server, ['ip', 'addr', 'add', more, 'dev', Segment.interface]);
  }
  await client('ip', 'addr', 'add', '10.97.0.9/24', 'dev', Segment.interface);
  await serve(SERVER, {});
  await serve('10.97.0.2', { singlePort: true });
});

after(async () => {
  if (skip !== false) return;
  ending.abort();
  await Promise.all(servings);
  await segment.remove();
  await rm(folder, { recursive: true, force: true });
});

async function check(path: string, ...command: readonly string[]): Promise<void> {
  await rm(out, { force: true });
  await client(...command);
  assert.ok((await readFile(out)).equals(FILES[path] ?? Buffer.alloc(0)), command.join(' '));
}

const atftp = (path: string, ...options: readonly string[]): Promise<void> =>
  check(path, 'atftp', '-g', '-r', path, '-l', out, ...options.flatMap((one) => ['--option', one]), SERVER);

test('I2, I6, I10, I13: atftp fetches every kind of file in every kind of window', { skip }, async () => {
  for (const path of ['one-block', 'exact', 'loaders/snponly.efi']) {
    await atftp(path);
    for (const window of [1, 4, 16, 64]) await atftp(path, 'blksize 1428', `windowsize ${window}`, 'tsize 0');
  }
  await atftp('exact', 'blksize 512', 'windowsize 7', 'timeout 1');
});

test('I1: tftp-hpa fetches as it is, and as text with line ends of its own', { skip }, async () => {
  for (const path of ['exact', 'empty']) await check(path, 'tftp', '-m', 'binary', SERVER, '-c', 'get', path, out);
  await rm(out, { force: true });
  await client('tftp', '-m', 'ascii', SERVER, '-c', 'get', 'menu.txt', out);
  assert.equal(await readFile(out, 'latin1'), 'one\ntwo\r\n');
});

test('I9: a file of more than 65,535 blocks arrives whole', { skip }, async () => {
  await check('many-blocks', 'curl', '-sS', '--tftp-no-options', '-o', out, `tftp://${SERVER}/many-blocks`);
});

test('I12: curl and atftp are served from a single port', { skip }, async () => {
  const path = 'loaders/snponly.efi';
  await check(path, 'curl', '-sS', '--tftp-blksize', '1400', '-o', out, `tftp://10.97.0.2/${path}`);
  await check(path, 'atftp', '-g', '-r', path, '-l', out, '--option', 'windowsize 8', '10.97.0.2');
});

test('I15, I16: a file that is not there is said so, and nothing is taken', { skip }, async () => {
  const missing = await client('sh', '-c', `tftp -m binary ${SERVER} -c get none ${out} 2>&1; true`);
  assert.match(missing.stdout, /no such file/i);
  await writeFile(out, 'x');
  const put = await client('sh', '-c', `tftp -m binary ${SERVER} -c put ${out} new 2>&1; true`);
  assert.match(put.stdout, /nothing may be written/);
});

test('I17: sixteen clients at once all have it', { skip }, async () => {
  const path = 'loaders/snponly.efi';
  const outs = Array.from({ length: 16 }, (_, index) => `${out}${index}`);
  await Promise.all(outs.map((to) => client('atftp', '-g', '-r', path, '-l', to, '--option', 'blksize 1428', SERVER)));
  for (const to of outs) assert.ok((await readFile(to)).equals(FILES[path] ?? Buffer.alloc(0)), to);
});

test('I7: lost packets are healed, in lock-step and in windows', { skip: skipLoss }, async () => {
  // The kernel cuts runs up before the cable, so that packets are lost one by one.
  await segment.in(segment.server, ['ethtool', '-K', Segment.interface, 'tx-udp-segmentation', 'off']);
  for (const space of [segment.server, segment.client]) {
    await segment.in(space, ['nft', 'add table ip loss; add chain ip loss in { type filter hook input priority 0; }']);
    await segment.in(space, ['nft', 'add rule ip loss in udp dport != 69 numgen random mod 100 < 2 drop']);
  }
  try {
    await atftp('exact', 'blksize 512', 'timeout 1');
    for (const window of [4, 16]) {
      await atftp('loaders/snponly.efi', 'blksize 1428', `windowsize ${window}`, 'timeout 1');
    }
    await check('exact', 'tftp', '-m', 'binary', SERVER, '-c', 'get', 'exact', out);
  } finally {
    for (const space of [segment.server, segment.client]) await segment.in(space, ['nft', 'delete table ip loss']);
  }
});

test(
  'I3: blocks fit into the packets of the path; where nobody said what they are, they arrive all the same',
  { skip },
  async () => {
    const mtu = (size: number) =>
      Promise.all(
        [segment.server, segment.client].map((space) =>
          segment.in(space, ['ip', 'link', 'set', Segment.interface, 'mtu', String(size)]),
        ),
      );
    await mtu(1400);
    try {
      await atftp('exact', 'blksize 1468', 'windowsize 8', 'timeout 1');
      await serve('10.97.0.3', { mtu: 1400 });
      const trace = await client(
        'sh',
        '-c',
        `atftp -g --trace -r exact -l ${out} --option 'blksize 1468' 10.97.0.3 2>&1`,
      );
      assert.match(trace.stdout, /blksize: 1368/);
    } finally {
      await mtu(1500);
    }
  },
);

test('H5, H6, H9: curl is told type and length, by HTTP/1.0 and 1.1, by HEAD and GET', { skip }, async () => {
  const url = `http://${SERVER}/boot/loaders/snponly.efi`;
  for (const version of ['--http1.0', '--http1.1']) {
    const { stdout: head } = await curl(version, '-I', url);
    const { stdout: got } = await curl(version, '-D', '-', '-o', out, url);
    for (const text of [head, got]) {
      assert.match(text, /^Content-Length: 3000001\r$/m);
      assert.match(text, /^Content-Type: application\/efi\r$/m);
      assert.doesNotMatch(text, /Transfer-Encoding/i);
    }
    assert.ok((await readFile(out)).equals(FILES['loaders/snponly.efi'] ?? Buffer.alloc(0)));
  }
});

test('H7: curl resumes, and is not sent what did not change', { skip }, async () => {
  const url = `http://${SERVER}/boot/exact`;
  await writeFile(out, FILES['exact']?.subarray(0, 50_001) ?? '');
  await curl('-C', '-', '-o', out, url);
  assert.ok((await readFile(out)).equals(FILES['exact'] ?? Buffer.alloc(0)));
  const { stdout } = await curl('-z', out, '-o', '/dev/null', '-w', '%{http_code}', url);
  assert.equal(stdout, '304');
  const beyond = await curl('-r', '99999999-', '-o', '/dev/null', '-w', '%{http_code}', url);
  assert.equal(beyond.stdout, '416');
});

test('H8, H10: curl trusts HTTPS by the authority alone, for the address and the name', { skip }, async () => {
  const trust = ['--cacert', join(folder, 'keys', 'ca.pem'), '--tls-max', '1.2'];
  await check('exact', 'curl', '-sS', ...trust, '-o', out, `https://${SERVER}/boot/exact`);
  const named = ['--resolve', `host0.lab.internal:443:${SERVER}`, '-o', out];
  await check('exact', 'curl', '-sS', ...trust, ...named, 'https://host0.lab.internal/boot/exact');
});
