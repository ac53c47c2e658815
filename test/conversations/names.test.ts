import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framed, framesOf } from '../../src/core/dns/framing.ts';
import { decodeDns, encodeDns } from '../../src/core/dns/message.ts';
import type { Query } from '../../src/core/dns/respond.ts';
import { vmMac } from '../../src/core/identity/uuid.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import type { DnsMeans } from '../../src/host0/dns.ts';
import type { Host0Options } from '../../src/host0/house.ts';
import type { ServedNetwork } from '../../src/host0/networks.ts';
import { Failure } from '../../src/shell/fail.ts';
import type { StreamOptions } from '../../src/shell/stream.ts';
import { dnsQuestion } from '../fixtures/dns.ts';
import { mac, vm } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { dora, NETWORK, SERVER, startRig, type Rig } from '../fixtures/rig.ts';

/** Names of the cluster, asked of the whole server. */

const CLIENT = ip('10.1.2.200');
const TYPE = { A: 1, PTR: 12 } as const;

/** The means of DNS with what a test looks at: the TCP server's options, and what was asked elsewhere. */
function fakeMeans(resolve: (query: Query) => Promise<Ipv4> = async () => ip('192.0.2.7')) {
  const seen: { stream?: StreamOptions; asked: Query[] } = { asked: [] };
  const means: DnsMeans = {
    serveStream: async (options) => {
      seen.stream = options;
      return { port: options.port, close: async () => undefined };
    },
    resolverOf: () => async (query) => {
      seen.asked.push(query);
      return { code: 0, records: [{ ttl: 60, data: { type: 'A', address: await resolve(query) } }] };
    },
  };
  return { seen, means };
}

const question = (name: string, type: number, id = 1): Uint8Array => encodeDns(dnsQuestion(name, type, { id }));

/** The code of the reply and the first record's address or name; undefined where none came. */
async function ask(
  { network, clock }: Rig,
  name: string,
  type: number = TYPE.A,
  from = CLIENT,
): Promise<string | undefined> {
  const port = await network.machine(from)({ port: 0 });
  let heard: string | undefined;
  port.receive((bytes) => (heard = gist(bytes)));
  port.send(question(name, type), { address: SERVER, port: 53 });
  await clock.pass(10);
  port.close();
  return heard;
}

function gist(bytes: Uint8Array): string {
  const { code, answers } = decodeDns(bytes);
  const data = answers[0]?.data;
  if (data === undefined) return String(code);
  return `${code} ${data.type === 'A' ? data.address : 'target' in data ? data.target.join('.') : data.type}`;
}

const on = (more: Partial<ServedNetwork>): Partial<Host0Options> => ({ networks: [{ ...NETWORK, ...more }] });

const CLUSTER = {
  hosts: [
    { mac: mac(1), name: 'ada', address: '10.1.2.50' },
    { mac: mac(9), name: 'first' },
  ],
  networks: { main: {} },
  vms: [vm('mail')],
};

test('hosts, guests, the server and the machine that serves are found by name and by address', async () => {
  const { means } = fakeMeans();
  const options = { ...on({ domain: 'lab.internal' }), own: new Set([mac(9)]) };
  const rig = await startRig({ cluster: CLUSTER, dns: means, options });
  assert.equal(await ask(rig, 'ada.lab.internal'), '0 10.1.2.50');
  assert.equal(await ask(rig, 'pxen.lab.internal'), `0 ${SERVER}`);
  assert.equal(await ask(rig, 'first.lab.internal'), `0 ${SERVER}`);
  assert.equal(await ask(rig, '1.2.1.10.in-addr.arpa', TYPE.PTR), '0 first.lab.internal');
  assert.equal(await ask(rig, 'mail.lab.internal'), '3');
  const guest = await dora(rig, vmMac('lab', 'mail'), {});
  await rig.clock.pass(1000);
  assert.equal(await ask(rig, 'mail.lab.internal'), `0 ${guest.yiaddr}`);
  await rig.host0.stop();
});

test('who gets an address is told to ask here first, then the servers that are configured', async () => {
  const { means } = fakeMeans();
  const dnsServers = [ip('192.0.2.53')];
  const rig = await startRig({ dns: means, options: on({ dnsServers }) });
  assert.deepEqual((await dora(rig, mac(1), {})).options.dnsServers, [SERVER, '192.0.2.53']);
  await rig.host0.stop();
  const proxy = await startRig({ dns: means, options: on({ dnsServers, role: 'proxy' }) });
  assert.equal(await ask(proxy, 'ada.lab.internal'), undefined);
  await proxy.host0.stop();
});

test('other names are asked of the configured servers, for the machines of this network only', async () => {
  const { seen, means } = fakeMeans();
  const rig = await startRig({ dns: means, options: on({ dnsServers: [ip('192.0.2.53')] }) });
  assert.equal(await ask(rig, 'www.example.com'), '0 192.0.2.7');
  assert.deepEqual(seen.asked, [{ name: 'www.example.com', type: 'A' }]);
  assert.equal(await ask(rig, 'www.example.com', TYPE.A, ip('198.51.100.9')), '5');
  assert.equal(seen.asked.length, 1);
  await rig.host0.stop();
});

test('questions that wait for a silent server are bounded, and the cluster is answered all the while', async () => {
  const { seen, means } = fakeMeans(() => new Promise(() => undefined));
  const rig = await startRig({
    cluster: CLUSTER,
    dns: means,
    options: on({ dnsServers: [ip('192.0.2.53')], domain: 'lab.internal' }),
  });
  const port = await rig.network.machine(CLIENT)({ port: 0 });
  for (let id = 0; id < 300; id += 1) port.send(question('www.example.com', TYPE.A, id), { address: SERVER, port: 53 });
  assert.equal(await ask(rig, 'ada.lab.internal'), '0 10.1.2.50');
  assert.equal(seen.asked.length, 200);
  assert.equal(rig.log.of('DNS_SILENT').length, 100);
  await rig.host0.stop();
});

test('TCP: several questions on one connection, in pieces', async () => {
  const { seen, means } = fakeMeans();
  const rig = await startRig({ cluster: CLUSTER, dns: means, options: on({ domain: 'lab.internal' }) });
  const talk = seen.stream?.begin(CLIENT);
  assert.ok(talk !== undefined && seen.stream?.port === 53);
  const bytes = Buffer.concat([
    framed(question('ada.lab.internal', TYPE.A)),
    framed(question('x.lab.internal', TYPE.A)),
  ]);
  assert.deepEqual(await talk(bytes.subarray(0, 9)), []);
  const out = Buffer.concat(await talk(bytes.subarray(9)));
  assert.deepEqual(framesOf(out).messages.map(gist), ['0 10.1.2.50', '3']);
  await rig.host0.stop();
});

test('a port that another program has keeps no machine from booting', async () => {
  const { means } = fakeMeans();
  const taken = async (): Promise<never> => {
    throw new Failure('TCP port 53 of 10.1.2.1 cannot be opened: EADDRINUSE', 'End it.');
  };
  const rig = await startRig({ dns: { ...means, serveStream: taken } });
  assert.match(rig.log.of('DNS_NOT_SERVED')[0] ?? '', /EADDRINUSE/);
  assert.equal((await dora(rig, mac(1), {})).options.dnsServers, undefined);
  await rig.host0.stop();
});
