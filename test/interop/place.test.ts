import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { manifestText } from '../../src/core/image/manifest.ts';
import { RELEASE } from '../fixtures/rig.ts';
import { Segment, whyNot } from './segment.ts';

/** The boot server as a host runs it: it looks for a free address on a real network, takes it, and says so. */

const MAC = '52:54:00:00:00:09';
const SERVE = join(import.meta.dirname, 'serve.ts');
const skip = await whyNot(['busybox', 'curl']);
const segment = new Segment('pxp');
let folder = '';

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), 'pxen-place-'));
  const text = manifestText({ release: RELEASE, files: [] });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const files: Record<string, string> = {
    'drive/cluster.yaml':
      'version: 1\ncluster: { name: lab }\nnetworks: { main: { subnet: 10.98.0.0/24 } }\nhosts:\n  - { mac: "52:54:00:00:00:01", name: ada }\n',
    [`drive/boot/releases/${RELEASE}/manifest`]: text,
    'drive/boot/grubenv': `# GRUB Environment Block\ncurrent=${RELEASE}\ncurrent_manifest=${sha256}\n###`,
    'boot.env': "PXEN_BOOT='drive'\nPXEN_SERVER=''\nPXEN_MAC='52:54:00:00:00:01'\n",
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await segment.make('169.254.1.1/16', MAC);
  // Somebody else has the first address of the subnet.
  await segment.in(segment.client, ['ip', 'address', 'add', '10.98.0.1/24', 'dev', Segment.interface]);
});

after(async () => {
  if (skip !== false) return;
  await segment.remove();
  await rm(folder, { recursive: true, force: true });
});

const facts = (): Promise<string> => readFile(join(folder, 'boot.env'), 'utf8');

/** Runs the server until it has said that it serves. */
async function serve(check: () => Promise<void>): Promise<void> {
  const words = ['--dir', join(folder, 'drive'), '--interface', Segment.interface, '--facts', join(folder, 'boot.env')];
  const ending = new AbortController();
  const { promise: serving, resolve } = Promise.withResolvers<void>();
  let said = '';
  const onOutput = (text: string): void => {
    said += text;
    if (said.includes('BOOT_SERVING')) resolve();
  };
  const command = [process.execPath, SERVE, ...words, '--journal', join(folder, 'leases')];
  const ended = segment.in(segment.server, command, { signal: ending.signal, onOutput }).then(
    ({ stderr }) => assert.fail(`the server ended: ${stderr}`),
    (error: unknown) => assert.ok(ending.signal.aborted, String(error)),
  );
  await Promise.race([serving, ended]);
  await check().finally(() => ending.abort());
  await ended;
}

/** The facts are written when the server serves, a moment after it has said so. */
async function untilRecorded(): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const text = await facts();
    if (!text.includes("PXEN_SERVER=''")) return text;
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 20);
    await promise;
  }
  assert.fail('the server wrote nothing into the facts');
}

test('an address in use is passed over, the next one taken and put down, and taken again', { skip }, async () => {
  await serve(async () => {
    const text = await untilRecorded();
    assert.match(text, /^PXEN_SERVER='10\.98\.0\.2'$/m);
    assert.match(text, /^PXEN_CLUSTER='lab'$/m);
    assert.match(text, /^PXEN_HOST0_ADDRESS='10\.98\.0\.2\/24'$/m);
    assert.match(text, /^PXEN_BOOT='drive'$/m);
    const { stdout } = await segment.in(segment.client, ['curl', '-sS', 'http://10.98.0.2/healthz']);
    assert.equal(stdout, 'ok\n');
  });
  await segment.in(segment.client, ['ip', 'address', 'del', '10.98.0.1/24', 'dev', Segment.interface]);
  await serve(async () => assert.match(await untilRecorded(), /^PXEN_SERVER='10\.98\.0\.2'$/m));
});
