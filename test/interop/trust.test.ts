import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SLOT_BYTES, SLOTS } from '../../src/core/image/layout.ts';
import { readDriveState } from '../../src/core/state/driveState.ts';
import { hostKeyOf } from '../../src/core/state/hostKeys.ts';
import { run } from '../../src/shell/run.ts';
import { openSlots } from '../../src/shell/slots.ts';
import { readState } from '../../src/shell/state.ts';
import { fingerprintOf } from '../../src/shell/tlsMake.ts';
import { report } from '../fixtures/cluster.ts';
import { layDrive, removeDrive, Running, startServer } from './running.ts';
import { Segment, whyNot } from './segment.ts';

/** host0's TLS with the keys of its drive, before curl and openssl, in namespaces of its own. */

const MAC = '52:54:00:00:00:07';
const UUID = '6f3c1a52-8e0b-4c1d-9d2e-0123456789ab';
const ADDRESS = '10.98.0.50';
const CLUSTER = (uuid: string) => `version: 1
cluster: { name: lab }
hosts:
  - { mac: "${MAC}", name: ada, address: ${ADDRESS}${uuid} }
`;
const SECRETS = 'https://10.98.0.1/api/v1/hosts/self/secrets';
const skip = await whyNot(['udhcpc', 'curl', 'openssl', 'ssh-keygen']);
const segment = new Segment('pxt');
let folder = '';
let server: Running;
const ca = () => join(folder, 'ca.pem');
const client = (...command: readonly string[]) => segment.in(segment.client, command, { accept: [0, 1, 60] });
const curl = async (...words: readonly string[]) => (await client('curl', '-sS', ...words)).stdout;
const secure = (...words: readonly string[]) => curl('--cacert', ca(), ...words);

async function freshDrive(): Promise<void> {
  for (const slot of SLOTS) {
    await mkdir(join(folder, 'state'), { recursive: true });
    await writeFile(join(folder, slot), '');
    await truncate(join(folder, slot), SLOT_BYTES);
  }
}

async function remembered() {
  const { current } = await readState(openSlots(folder, run));
  return current && readDriveState(current.body);
}

/** Starts host0 and gives the fingerprint that it shows. */
async function start(): Promise<string> {
  server = await startServer(segment.server, folder, Segment.interface, '10.98.0.1/24');
  await server.until(/HTTPS_SERVING/);
  const [, shown = ''] = /TRUST_(?:MADE|READ) .*(SHA256:\S+)/.exec(server.said) ?? [];
  return shown;
}

async function kept(): Promise<void> {
  for (let tries = 0; (await remembered())?.trust === undefined; tries += 1) {
    assert.ok(tries < 200, server.said);
    await client('sleep', '0.1');
  }
}

before(async () => {
  if (skip !== false) return;
  ({ folder } = await layDrive(CLUSTER('')));
  await freshDrive();
  await segment.make('10.98.0.1/24', MAC);
});

after(async () => {
  if (skip !== false) return;
  await server.end();
  await segment.remove();
  await removeDrive(folder);
});

let first = '';

test(
  'at the first start the keys are made and kept on the drive; the chain is that of its authority',
  { skip },
  async () => {
    first = await start();
    await kept();
    const state = await remembered();
    await writeFile(ca(), state?.trust?.authority.cert ?? '');
    assert.equal(first, fingerprintOf(state?.trust?.authority.cert ?? ''));
    const { stdout } = await client(
      'udhcpc',
      '-i',
      Segment.interface,
      '-n',
      '-q',
      '-t',
      '5',
      '-s',
      join(folder, 'lease.sh'),
    );
    assert.match(stdout, new RegExp(`^${ADDRESS}/`, 'm'));
    await client('ip', 'address', 'add', `${ADDRESS}/24`, 'dev', Segment.interface);
    assert.equal(await secure('https://10.98.0.1/healthz'), 'ok\n');
    assert.equal(JSON.parse(await secure('https://10.98.0.1/api/v1/status')).server.authority, first);
    const verified = async (...more: readonly string[]): Promise<string> => {
      const s_client = `openssl s_client -connect 10.98.0.1:443 -CAfile ${ca()} -verify_return_error -verify_ip 10.98.0.1`;
      return (await client('/bin/sh', '-c', [s_client, ...more, '</dev/null 2>&1'].join(' '))).stdout;
    };
    assert.match(await verified(), /Peer signature type: ECDSA[^]*Verification: OK/);
    assert.match(await verified('-tls1_2', '-cipher', 'AES128-SHA'), /Verification: OK[^]*Cipher is AES128-SHA/);
  },
);

test('who knows another authority, or none, breaks off, and the log says who', { skip }, async () => {
  // A client that is gone before its alert was read has said nothing: on a busy machine one may be.
  for (let tries = 0; !server.said.includes(`HTTPS_DISTRUSTED ${ADDRESS}`); tries += 1) {
    assert.ok(tries < 20, server.said);
    assert.equal((await client('curl', '-sS', 'https://10.98.0.1/healthz')).code, 60);
    await client('sleep', '0.2');
  }
});

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const status = (...words: readonly string[]) => {
  const home = `XDG_CONFIG_HOME=${join(folder, 'config')}`;
  const command = ['env', home, process.execPath, MAIN, 'status', '--server', ...words];
  return segment.in(segment.client, command, { accept: [0, 1, 2] });
};

test(
  'pxen status from anywhere: believed the first time and said, held against that from then on',
  { skip },
  async () => {
    const before = await status('10.98.0.1');
    assert.match(
      before.stderr,
      new RegExp(`asked for the first time; its authority is ${first.replaceAll('+', String.raw`\+`)}`),
    );
    assert.match(before.stdout, /^cluster lab, served by 10\.98\.0\.1/);
    const again = await status('https://10.98.0.1');
    assert.deepEqual([again.code, again.stderr], [0, '']);
    assert.equal((await status('10.98.0.1', '--ca', ca())).code, 0);
    assert.equal((await status('10.98.0.1', '--fingerprint', first)).code, 0);
    const wrong = await status('10.98.0.1', '--fingerprint', 'SHA256:other');
    assert.match(wrong.stderr, /shows the authority SHA256:\S+, not that of --fingerprint/);
  },
);

test('a machine finds the authority in its initrd, beside its facts', { skip }, async () => {
  const initrd = await curl(`http://10.98.0.1/node/${MAC}/initrd`);
  assert.ok(initrd.includes(await readFile(ca(), 'utf8')));
});

const reportOf = (uuid: string): string => JSON.stringify(report(7, { host: { uuid, address: ADDRESS } }));
const tell = (uuid: string) => secure('-d', reportOf(uuid), 'https://10.98.0.1/api/v1/report');
const asRoot = ['--local-port', '700-900'];

test(
  'secrets: only over TLS, from a port of root, to a host listed by MAC and UUID that reported both',
  { skip },
  async () => {
    const why = async (...words: readonly string[]): Promise<string> => JSON.parse(await secure(...words)).error;
    assert.match(await why(SECRETS.replace('https', 'http')), /over HTTPS only/);
    assert.match(await why(SECRETS), /only root/);
    assert.match(await why(...asRoot, SECRETS), /not reported yet/);
    assert.equal(JSON.parse(await tell(UUID)).authority, undefined);
    // A host that was booted before there were keys learns them here.
    const plainly = await curl('-d', reportOf(UUID), 'http://10.98.0.1/api/v1/report');
    assert.equal(JSON.parse(plainly).authority, await readFile(ca(), 'utf8'));
    assert.match(await why(...asRoot, SECRETS), /lists ada by MAC address only; add its uuid/);
    await server.until(/SECRETS_REFUSED .*by MAC address only/);
    await writeFile(join(folder, 'cluster.yaml'), CLUSTER(', uuid: 00000000-0000-4000-8000-000000000001'));
    await server.until('BOOT_CLUSTER_READ');
    assert.match(await why(...asRoot, SECRETS), /another UUID/);
    await writeFile(join(folder, 'cluster.yaml'), CLUSTER(`, uuid: ${UUID}`));
    await server.until(/BOOT_CLUSTER_READ[^]*BOOT_CLUSTER_READ/);
    for (let tries = 0; (await sshKey()) === undefined; tries += 1) {
      assert.ok(tries < 100, server.said);
      await client('sleep', '0.2');
    }
    await server.until(/SECRETS_GIVEN .*ada|SECRETS_GIVEN machine-7/);
  },
);

/** The public line of the key that is delivered, as ssh-keygen reads it from the private one. */
async function sshKey(): Promise<string | undefined> {
  const answer = JSON.parse(await secure(...asRoot, SECRETS));
  const [key] = answer.sshHostKeys ?? [];
  if (key === undefined) return undefined;
  const file = join(folder, 'key');
  await rm(file, { force: true });
  await writeFile(file, key.privateKey, { mode: 0o600 });
  const { stdout } = await run(['ssh-keygen', '-y', '-f', file]);
  assert.equal(stdout.trim(), key.publicKey);
  return stdout;
}

test('after a restart authority, certificate and SSH key are the same', { skip }, async () => {
  const key = await sshKey();
  const isKept = async (): Promise<boolean> => hostKeyOf((await remembered())?.hostKeys ?? [], UUID) !== undefined;
  for (let tries = 0; !(await isKept()); tries += 1) {
    assert.ok(tries < 100, 'the key is not kept');
    await client('sleep', '0.1');
  }
  const shown = await leaf();
  const told = await run([process.execPath, MAIN, 'host', 'show', 'ada', '--file', folder]);
  const listed = await run(['ssh-keygen', '-l', '-f', join(folder, 'key')]);
  assert.ok(told.stdout.includes(`SSH host key: ${listed.stdout.split(' ')[1]}\n`), told.stdout);
  await server.end();
  assert.equal(await start(), first);
  assert.equal(await leaf(), shown);
  await tell(UUID);
  assert.equal(await sshKey(), key);
});

const leaf = async (): Promise<string> => {
  const s_client = 'openssl s_client -connect 10.98.0.1:443 -showcerts </dev/null 2>/dev/null';
  return new X509Certificate((await client('/bin/sh', '-c', s_client)).stdout).fingerprint256;
};

test(
  'a drive whose state is damaged: keys of this boot, said in log and status, the same when host0 begins anew',
  { skip },
  async () => {
    await server.end();
    for (const slot of SLOTS) await writeFile(join(folder, slot), Buffer.alloc(SLOT_BYTES, 7));
    await rm(join(folder, 'keys'), { recursive: true, force: true });
    const inRam = await start();
    assert.notEqual(inRam, first);
    const { code, stderr } = await status('10.98.0.1');
    assert.equal(code, 1);
    assert.match(stderr, /and showed SHA256:\S+ before \(\S+known_servers\)/);
    await server.until(/TRUST_IN_RAM .*cannot be used/);
    const { warnings } = JSON.parse(await curl('http://10.98.0.1/api/v1/status'));
    assert.match(warnings.join('\n'), /the keys of HTTPS are in RAM for this boot/);
    await server.end();
    assert.equal(await start(), inRam);
  },
);
