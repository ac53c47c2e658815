import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { layDrive, removeDrive, startServer, type Running } from './running.ts';
import { Segment, whyNot } from './segment.ts';

/** The names of the cluster before dig and busybox, by UDP and TCP. */

const skip = await whyNot(['dig', 'busybox']);
const segment = new Segment('pxn');
let folder = '';
let server: Running | undefined;

const CLUSTER_FILE = `version: 1
cluster: { name: lab }
networks: { main: { domain: lab.internal } }
hosts:
  - { mac: "52:54:00:00:00:08", name: ada, address: 10.99.0.50 }
`;

before(async () => {
  if (skip !== false) return;
  ({ folder } = await layDrive(CLUSTER_FILE));
  await segment.make('10.99.0.1/24', '52:54:00:00:00:08');
  await segment.in(segment.client, ['ip', 'addr', 'add', '10.99.0.50/24', 'dev', Segment.interface]);
  server = await startServer(segment.server, folder, Segment.interface, '10.99.0.1/24');
});

after(async () => {
  if (skip !== false) return;
  await server?.end();
  await segment.remove();
  await removeDrive(folder);
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
