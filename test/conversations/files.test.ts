import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpDeps } from '../../src/host0/entity.ts';
import { bootHandler } from '../../src/host0/http.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { ip } from '../fixtures/dhcp.ts';
import { policy } from '../fixtures/policy.ts';
import { BOOT_FILES, NETWORK, SERVER, startRig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** What is reachable by TFTP and HTTP, and what happens when it cannot be had. */

const CLIENT = ip('10.1.2.9');

test('I14: nothing but boot/ is reachable, by whichever protocol', async () => {
  const rig = await startRig();
  for (const path of ['/boot/../cluster.yaml', '/boot/..\\cluster.yaml', '/boot/a/../../cluster.yaml']) {
    assert.equal((await rig.http.get(path, SERVER)).status, 403, path);
  }
  for (const path of ['/boot/%2e%2e/x', '/boot/..'])
    assert.notEqual((await rig.http.get(path, SERVER)).status, 200, path);
  for (const path of ['/cluster.yaml', '/boot/none', '/boot', '/', '/ipxe/nobody', '/node/x/initrd']) {
    assert.equal((await rig.http.get(path, SERVER)).status, 404, path);
  }
  for (const path of ['../cluster.yaml', '..\\cluster.yaml', 'loaders/../../x']) {
    assert.equal(await new TftpClient(rig, CLIENT).get(path), 'the path leads out of boot/ [file.confined]');
  }
  await rig.host0.stop();
});

test('I1, I15: TFTP maps capitals and backslashes, and says at once what is not there', async () => {
  const rig = await startRig();
  const get = (path: string) => new TftpClient(rig, CLIENT).get(path);
  assert.deepEqual(await get('\\LOADERS\\UNDIONLY.KPXE'), Buffer.from(BOOT_FILES.get('loaders/undionly.kpxe') ?? []));
  assert.equal(await get('loaders/shim_certificate.efi'), 'no such file');
  await rig.host0.stop();
});

test('I8: an impatient client gets one transfer, not two', async () => {
  const rig = await startRig({ intercept: ({ to }) => (to.port === 69 ? [0, 3, 7] : [5]) });
  const client = new TftpClient(rig, CLIENT);
  const file = await client.get('loaders/undionly.kpxe', { blksize: '1024' });
  assert.deepEqual(file, Buffer.from(BOOT_FILES.get('loaders/undionly.kpxe') ?? []));
  assert.equal(client.received, Math.floor(70_001 / 1024) + 1);
  await rig.host0.stop();
});

test('a file that cannot be read breaks its transfer off and nothing else', async () => {
  const rig = await startRig({ broken: new Set(['loaders/undionly.kpxe']) });
  const lost = await new TftpClient(rig, CLIENT).get('loaders/undionly.kpxe', {}, 3000);
  assert.equal(lost, 'running');
  assert.match(rig.log.of('TFTP_BROKE_OFF')[0] ?? '', /input\/output error/);
  const fine = await new TftpClient(rig, CLIENT).get('loaders/snponly.efi');
  assert.equal(fine.length, 200_000);
  await rig.host0.stop();
});

test('folders below /boot/ are listed, and no others', async () => {
  const rig = await startRig();
  const page = async (path: string): Promise<string> => String((await rig.http.get(path, SERVER)).body);
  assert.match(await page('/boot/'), /<a href="\/boot\/loaders\/">loaders\/<\/a>/);
  for (const path of ['/boot/loaders', '/boot/loaders/']) {
    assert.match(await page(path), /<a href="\/boot\/loaders\/snponly\.efi">snponly\.efi<\/a>/);
  }
  assert.equal((await rig.http.get('/boot/load', SERVER)).status, 404);
  await rig.host0.stop();
});

test('what was sent by which protocol is measured', async () => {
  const rig = await startRig();
  await new TftpClient(rig, CLIENT).get('loaders/undionly.kpxe');
  await new TftpClient(rig, CLIENT).get('loaders/none');
  const text = String((await rig.http.get('/metrics', SERVER)).body);
  for (const line of ['pxen_tftp_files_total 1', 'pxen_tftp_sent_bytes_total 70001', 'pxen_tftp_refused_total 1']) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  assert.match(text, /^pxen_http_connections\{by="http"\} 0$/m);
  assert.match(text, /^# TYPE pxen_dhcp_leases gauge\npxen_dhcp_leases 0$/m);
  await rig.host0.stop();
});

test('a silent server gives nothing away by HTTP, not even names', async () => {
  const rig = await startRig({ options: { networks: [{ ...NETWORK, role: 'silent' }] } });
  for (const path of ['/boot/', '/boot/loaders/', '/boot/loaders/snponly.efi']) {
    assert.equal((await rig.http.get(path, SERVER)).status, 403, path);
  }
  await rig.host0.stop();
});

test('J2: what is made for one machine is found where iPXE looks for it, and goes before what lies there', async () => {
  const made = async (path: string, from: string) =>
    path.endsWith('autoexec.ipxe') ? new Uint8Array(Buffer.from(`${path} ${from}`)) : undefined;
  // Of the many things that routes share, these are all that files need.
  const handler = bootHandler({
    policy: () => policy(),
    release: 'r1',
    files: fakeFiles(BOOT_FILES),
    made,
  } as unknown as HttpDeps);
  const body = async (path: string): Promise<string> => {
    const request = {
      method: 'GET',
      path,
      query: new Map(),
      from: CLIENT,
      fromPort: 49_152,
      body: async () => new Uint8Array(),
    };
    const answer = await handler(request);
    const [part] = answer.kind === 'entity' ? answer.entity.parts : [];
    return part?.kind === 'bytes' ? Buffer.from(part.bytes).toString() : '';
  };
  assert.equal(await body('/autoexec.ipxe'), 'autoexec.ipxe 10.1.2.9');
  assert.equal(await body('/boot/loaders/autoexec.ipxe'), 'loaders/autoexec.ipxe 10.1.2.9');
  assert.equal(await body('/boot/loaders/snponly.efi'), '');
});
