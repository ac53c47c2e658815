import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { fakeFiles } from './fake/files.ts';
import { serveHttp } from './http.ts';
import { run } from './run.ts';
import { openTls, readTls } from './tlsIdentity.ts';

/** HTTPS with a certificate made here, before other people's clients and checkers. */

const has = async (program: string): Promise<boolean> =>
  (await run(['/bin/sh', '-c', `command -v ${program}`], { accept: [0, 127, 1] })).code === 0;
const [hasOpenssl, hasCurl] = await Promise.all([has('openssl'), has('curl')]);
const folder = await mkdtemp(join(tmpdir(), 'pxen-tls-'));
const at = (name: string): string => join(folder, name);
const LOOPBACK = '127.0.0.1' as Ipv4;
const NAMES = { addresses: [LOOPBACK], names: ['host0.lab.internal'], cluster: 'lab' };
const first = await openTls(folder, NAMES);
// All that is awaited stands above: what is registered later could come after the end of the tests before it.
after(() => rm(folder, { recursive: true, force: true }));

test('H8: the certificate is RSA-2048, names the server and is vouched for by the authority', async () => {
  const [ec = '', rsa = ''] = first.cert;
  const [server, authority] = [new X509Certificate(rsa), new X509Certificate(await readFile(at('ca.pem')))];
  assert.deepEqual(
    [server.publicKey.asymmetricKeyDetails?.modulusLength, server.ca, authority.ca],
    [2048, false, true],
  );
  assert.equal(server.checkIP(LOOPBACK), LOOPBACK);
  assert.equal(server.checkHost('host0.lab.internal'), 'host0.lab.internal');
  assert.equal(server.checkHost('other.lab.internal'), undefined);
  assert.ok(
    server.verify(authority.publicKey) && server.checkIssued(authority) && authority.verify(authority.publicKey),
  );
  // A clock that was never set says 1970.
  assert.deepEqual(
    [server, authority].map(({ validFrom }) => validFrom),
    Array(2).fill('Jan  1 00:00:00 1970 GMT'),
  );
  assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  const other = new X509Certificate(ec);
  assert.equal(other.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.ok(other.verify(authority.publicKey) && other.checkIP(LOOPBACK) === LOOPBACK);
  assert.equal(first.authority, await readFile(at('ca.pem'), 'utf8'));
  for (const name of ['ca.key', 'server.key', 'server-ec.key'])
    assert.equal((await stat(at(name))).mode & 0o777, 0o600, name);
});

test('H8: openssl finds nothing wrong with the chain', { skip: !hasOpenssl && 'no openssl' }, async () => {
  const strict = ['openssl', 'verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', at('ca.pem')];
  for (const name of ['server.pem', 'server-ec.pem']) {
    const { stdout } = await run([...strict, '-verify_ip', LOOPBACK, at(name)]);
    assert.match(stdout, new RegExp(`${name}: OK`));
  }
  // Right after power-on, with a clock that starts at 1970.
  await run([...strict, '-attime', '60', at('server.pem')]);
});

test('at the next start it is the same, and made anew by the same authority for another address', async () => {
  assert.deepEqual(await openTls(folder, NAMES), { ...first, made: false });
  const authority = await readFile(at('ca.pem'), 'utf8');
  const second = await openTls(folder, { ...NAMES, addresses: [LOOPBACK, '10.1.2.1' as Ipv4] });
  assert.equal(second.made, true);
  for (const cert of second.cert) assert.equal(new X509Certificate(cert).checkIP('10.1.2.1'), '10.1.2.1');
  assert.deepEqual(second.key, first.key);
  assert.equal(await readFile(at('ca.pem'), 'utf8'), authority);
  await writeFile(at('server.pem'), (second.cert[1] ?? '').slice(0, 300));
  await writeFile(at('server-ec.key'), (second.key[0] ?? '').slice(0, 100));
  assert.equal((await openTls(folder, NAMES)).made, true);
  assert.equal((await openTls(folder, NAMES)).made, false);
  assert.equal(await readFile(at('ca.pem'), 'utf8'), authority);
});

test('an authority that is damaged is said, and none is made in its place', async () => {
  const pem = await readFile(at('ca.pem'), 'utf8');
  await writeFile(at('ca.pem'), pem.slice(0, 300));
  await assert.rejects(openTls(folder, NAMES), /ca\.pem holds no certificate/);
  await writeFile(at('ca.pem'), pem);
});

test('files that were given are read, and a wrong pair is said', async () => {
  const { cert } = await readTls(at('server.pem'), at('server.key'));
  assert.match(cert[0] ?? '', /BEGIN CERTIFICATE/);
  await assert.rejects(readTls(at('server.pem'), at('ca.key')), /is not that of the certificate/);
  await assert.rejects(readTls(at('server.key'), at('server.key')), /holds no certificate/);
  await assert.rejects(readTls(at('server.pem'), at('server.pem')), /holds no private key/);
  await assert.rejects(readTls(at('none'), at('server.key')), /none cannot be read/);
});

const FILE = new Uint8Array(3_000_000).fill(5);

async function serve() {
  const tls = await openTls(folder, NAMES);
  return serveHttp({
    address: LOOPBACK,
    port: 0,
    files: fakeFiles(new Map([['f', FILE]])),
    tls,
    broken: (error) => assert.fail(String(error)),
    handler: async () => ({
      kind: 'entity',
      entity: { type: 'application/efi', tag: '"t"', parts: [{ kind: 'file', path: 'f', from: 0, to: FILE.length }] },
    }),
  });
}

/** How a client of those abilities fares: the cipher it got, or the error. */
async function speak(port: number, abilities: { ciphers?: string; maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' }) {
  const ca = await readFile(at('ca.pem'));
  const { promise, resolve } = Promise.withResolvers<string>();
  const asked = request({ host: LOOPBACK, port, ca, agent: false, minVersion: 'TLSv1', ...abilities }, (reply) => {
    const cipher = (reply.socket as import('node:tls').TLSSocket).getCipher().name;
    let size = 0;
    reply.on('data', (bytes: Buffer) => (size += bytes.length)).on('end', () => resolve(`${cipher} ${size}`));
  });
  asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
  return promise;
}

test('H8, J10: clients as old as EDK2 of 2019 and iPXE of 2015 agree on a cipher; older protocols are refused', async () => {
  const server = await serve();
  try {
    const old = { maxVersion: 'TLSv1.2' } as const;
    for (const ciphers of ['AES128-SHA', 'AES256-SHA', 'AES128-SHA256', 'AES256-SHA256', 'AES256-GCM-SHA384']) {
      assert.equal(await speak(server.port, { ...old, ciphers }), `${ciphers} ${FILE.length}`);
    }
    assert.equal(
      await speak(server.port, { ...old, ciphers: 'AES128-SHA:DHE-RSA-AES256-SHA256' }),
      `DHE-RSA-AES256-SHA256 ${FILE.length}`,
    );
    assert.match(await speak(server.port, {}), /^TLS_AES_/);
    const both = 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256';
    assert.match(await speak(server.port, { ...old, ciphers: both }), /^ECDHE-ECDSA-/);
    assert.match(await speak(server.port, { maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), /^(E|ERR_)/);
  } finally {
    await server.close();
  }
});

test('H8: curl fetches by HTTPS, and by address as well as by name', { skip: !hasCurl && 'no curl' }, async () => {
  const server = await serve();
  try {
    await chmod(folder, 0o755);
    const names = ['--cacert', at('ca.pem'), '--resolve', `host0.lab.internal:${server.port}:127.0.0.1`];
    for (const host of ['127.0.0.1', 'host0.lab.internal']) {
      await run(['curl', '-sS', '--tls-max', '1.2', ...names, '-o', at('got'), `https://${host}:${server.port}/f`]);
      assert.ok((await readFile(at('got'))).equals(FILE), host);
    }
    const { code } = await run(['curl', '-sS', `https://127.0.0.1:${server.port}/f`], { accept: [60] });
    assert.equal(code, 60);
  } finally {
    await server.close();
  }
});
