import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { manifestText } from '../../src/core/image/manifest.ts';
import { RELEASE } from '../fixtures/rig.ts';
import { Segment, whyNot } from './segment.ts';

/** The names of the cluster before dig and busybox, by UDP and TCP. */

const SERVE = join(import.meta.dirname, 'serve.ts');
const skip = await whyNot(['dig', 'busybox']);
const segment = new Segment('pxn');
const ending = new AbortController();
let folder = '';
let said = '';
let serving: Promise<unknown> = Promise.resolve();

const CLUSTER_FILE = `version: 1
cluster: { name: lab }
networks: { main: { domain: lab.internal } }
hosts:
  - { mac: "52:54:00:00:00:08", name: ada, address: 10.99.0.50 }
`;

async function layDrive(): Promise<void> {
  const manifest = manifestText({ release: RELEASE, files: [] });
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  const files = new Map([
    [`boot/releases/${RELEASE}/manifest`, manifest],
    ['boot/grubenv', `# GRUB Environment Block\ncurrent=${RELEASE}\ncurrent_manifest=${sha256}\n###`],
    ['cluster.yaml', CLUSTER_FILE],
  ]);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function until(text: string): Promise<void> {
  for (let tries = 0; !said.includes(text); tries += 1) {
    assert.ok(tries < 600, `the server did not say ${JSON.stringify(text)}, but: ${said}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 50);
    await promise;
  }
}

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'pxen-dns-'));
  await layDrive();
  await segment.make('10.99.0.1/24', '52:54:00:00:00:08');
  await segment.in(segment.client, ['ip', 'addr', 'add', '10.99.0.50/24', 'dev', Segment.interface]);
  const options = { signal: ending.signal, onOutput: (text: string) => void (said += text) };
  const place = ['--dir', folder, '--interface', Segment.interface, '--address', '10.99.0.1/24'];
  const journal = ['--journal', join(folder, 'leases')];
  // Ended by the signal at last, which is no failure.
  serving = segment.in(segment.server, [process.execPath, SERVE, ...place, ...journal], options).catch(() => undefined);
  await until('BOOT_SERVING');
});

after(async () => {
  if (skip !== false) return;
  ending.abort();
  await serving;
  await segment.remove();
  await rm(folder, { recursive: true, force: true });
});

const dig = async (...words: readonly string[]): Promise<string> =>
  (await segment.in(segment.client, ['dig', '@10.99.0.1', '+tries=1', '+time=5', ...words])).stdout;

test('dig finds names and addresses, by UDP and by TCP, with EDNS and without', { skip }, async () => {
  for (const how of [['+noedns'], ['+edns=0'], ['+tcp'], ['+tcp', '+keepopen'], ['+cookie'], ['+dnssec']]) {
    assert.equal((await dig('+short', ...how, 'Ada.lab.internal')).trim(), '10.99.0.50', how.join(' '));
    assert.equal((await dig('+short', ...how, '-x', '10.99.0.50')).trim(), 'ada.lab.internal.', how.join(' '));
  }
  const many = await dig('+tcp', '+keepopen', '+short', 'ada.lab.internal', 'pxen.lab.internal', 'A');
  assert.deepEqual(many.trim().split('\n'), ['10.99.0.50', '10.99.0.1']);
});

test('dig sees what there is not as what there is not, and warns of nothing', { skip }, async () => {
  const none = await dig('eve.lab.internal');
  assert.match(none, /status: NXDOMAIN/);
  assert.match(none, /flags: qr aa rd ra/);
  assert.match(none, /^lab\.internal\.\s+30\s+IN\s+SOA\s+pxen\.lab\.internal\. hostmaster\.lab\.internal\./m);
  const empty = await dig('ada.lab.internal', 'AAAA');
  assert.match(empty, /status: NOERROR/);
  assert.match(empty, /ANSWER: 0, AUTHORITY: 1/);
  assert.match(await dig('www.example.com'), /status: REFUSED/);
  assert.match(await dig('+edns=1', '+noednsnegotiation', 'ada.lab.internal'), /status: BADVERS/);
  for (const text of [none, empty]) assert.doesNotMatch(text, /;; (Warning|WARNING|Got bad packet)/);
});

test('busybox nslookup finds them too', { skip }, async () => {
  const { stdout } = await segment.in(segment.client, ['busybox', 'nslookup', 'ada.lab.internal', '10.99.0.1']);
  assert.match(stdout, /Address:? (?:1: )?10\.99\.0\.50/);
});
