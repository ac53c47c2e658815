import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { FakeClock } from '../../src/shell/fake/clock.ts';
import { FakeHttp } from '../../src/shell/fake/http.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { FakeNetwork } from '../../src/shell/fake/network.ts';
import type { ServeHttp } from '../../src/shell/http.ts';
import type { TlsIdentity } from '../../src/shell/tls.ts';
import { mac } from '../fixtures/cluster.ts';
import { startRig } from '../fixtures/rig.ts';

/** Which hosts are told by what authority the boot server is known. */

const CERT = '-----BEGIN CERTIFICATE-----\nlab\n-----END CERTIFICATE-----\n';
const TLS: TlsIdentity = { cert: [CERT], key: ['key'], authority: CERT };

/** HTTP whose port for TLS is held by somebody else. */
function heldHttp(): FakeHttp {
  const http = new FakeHttp();
  const plain = http.serve;
  const serve: ServeHttp = async (options) => {
    if (options.tls !== undefined) throw new Error('EADDRINUSE');
    return plain(options);
  };
  return Object.assign(http, { serve });
}

async function booting(http: FakeHttp, port = 443) {
  const keys = Promise.withResolvers<TlsIdentity | undefined>();
  const clock = new FakeClock();
  const world = { clock, network: new FakeNetwork(clock), http, log: new FakeLog() };
  const rig = await startRig({ world, options: { https: { port, tls: keys.promise } } });
  let initrd: string | undefined;
  const fetched = http.get(`/node/${mac(1)}/initrd`, '10.1.2.9' as Ipv4).then(({ body }) => {
    initrd = Buffer.from(body).toString('latin1');
  });
  await clock.pass(0);
  return { rig, keys, clock, fetched, initrd: () => initrd };
}

test('while the first keys are being made an initrd waits for them, and holds their certificate', async () => {
  const { keys, clock, fetched, initrd } = await booting(new FakeHttp());
  await clock.pass(5000);
  assert.equal(initrd(), undefined);
  keys.resolve(TLS);
  await fetched;
  assert.ok(initrd()?.includes(CERT) && initrd()?.includes('pxen/ca.pem'));
});

test('keys that do not come keep nobody from booting', async () => {
  const { clock, fetched, initrd } = await booting(new FakeHttp());
  await clock.pass(30_000);
  await fetched;
  assert.ok(initrd()?.includes('PXEN_SERVER') && !initrd()?.includes('pxen/ca.pem'));
});

test('where port 443 cannot be opened, or is another one, hosts are told of no authority', async () => {
  const held = await booting(heldHttp());
  held.keys.resolve(TLS);
  await held.fetched;
  assert.ok(held.initrd()?.includes('PXEN_SERVER') && !held.initrd()?.includes('pxen/ca.pem'));
  assert.match(held.rig.log.of('HTTPS_FAILED').join(''), /EADDRINUSE/);
  const elsewhere = await booting(new FakeHttp(), 8443);
  elsewhere.keys.resolve(TLS);
  await elsewhere.fetched;
  assert.equal(elsewhere.initrd()?.includes('pxen/ca.pem'), false);
});
