import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../net/ipv4.ts';
import { parseSubnet } from '../net/ipv4.ts';
import { dnsQuestion } from '../../../test/fixtures/dns.ts';
import { decodeDns, encodeDns, type DnsMessage } from './message.ts';
import { nameOf, nameText } from './name.ts';
import { dnsStep, foundReply, type DnsHouse, type Way } from './respond.ts';
import { zoneOf } from './zone.ts';

const ip = (text: string): Ipv4 => text as Ipv4;
const TYPE = { A: 1, NS: 2, SOA: 6, PTR: 12, AAAA: 28, HTTPS: 65, DS: 43, ANY: 255 } as const;

const zone = zoneOf({ domain: 'lab.internal', subnets: [parseSubnet('10.1.2.0/24')!], server: ip('10.1.2.1') }, [
  { name: 'ada', address: ip('10.1.2.50') },
  { name: 'bob', address: null },
  { name: 'ADA', address: ip('10.1.2.51') },
]);
const house: DnsHouse = { zone, forwards: true };

const query = (name: string, type: number, more: Partial<DnsMessage> = {}): Uint8Array =>
  encodeDns(dnsQuestion(name, type, { id: 9, ...more }));

function asked(bytes: Uint8Array, by: DnsHouse = house, way: Way = 'udp'): DnsMessage {
  const step = dnsStep(bytes, by, way);
  assert.ok(step.kind === 'reply', step.kind);
  return decodeDns(step.bytes);
}

/** Code, answers and the owner of the SOA in one line. */
function gist({ code, answers, authority, authoritative }: DnsMessage): string {
  const data = answers.map(({ data }) =>
    data.type === 'A' ? data.address : 'target' in data ? nameText(data.target) : data.type,
  );
  const soa = authority.map(({ name, data }) => `${data.type} ${nameText(name)}`);
  return [code, authoritative ? 'aa' : '-', ...data, ...soa].join(' ');
}

test('names of the cluster: found, of another type, not there', () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ['ada.lab.internal', TYPE.A, '0 aa 10.1.2.50'],
    ['ADA.Lab.Internal', TYPE.A, '0 aa 10.1.2.50'],
    ['ada.lab.internal', TYPE.ANY, '0 aa 10.1.2.50'],
    ['ada.lab.internal', TYPE.AAAA, '0 aa SOA lab.internal'],
    ['ada.lab.internal', TYPE.HTTPS, '0 aa SOA lab.internal'],
    ['pxen.lab.internal', TYPE.A, '0 aa 10.1.2.1'],
    ['bob.lab.internal', TYPE.A, '3 aa SOA lab.internal'],
    ['x.ada.lab.internal', TYPE.A, '3 aa SOA lab.internal'],
    ['lab.internal', TYPE.A, '0 aa SOA lab.internal'],
    ['lab.internal', TYPE.SOA, '0 aa SOA'],
    ['lab.internal', TYPE.NS, '0 aa pxen.lab.internal'],
  ];
  for (const [name, type, wanted] of rows) assert.equal(gist(asked(query(name, type))), wanted, `${name} ${type}`);
});

test('addresses of the subnet have names or none; those of other networks are not ours to tell', () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ['50.2.1.10.in-addr.arpa', TYPE.PTR, '0 aa ada.lab.internal'],
    ['1.2.1.10.in-addr.arpa', TYPE.PTR, '0 aa pxen.lab.internal'],
    ['9.2.1.10.in-addr.arpa', TYPE.PTR, '3 aa SOA 2.1.10.in-addr.arpa'],
    ['50.2.1.10.in-addr.arpa', TYPE.A, '0 aa SOA 2.1.10.in-addr.arpa'],
    ['2.1.10.in-addr.arpa', TYPE.SOA, '0 aa SOA'],
  ];
  for (const [name, type, wanted] of rows) assert.equal(gist(asked(query(name, type))), wanted, name);
  for (const name of [
    '50.3.1.10.in-addr.arpa',
    '1.10.in-addr.arpa',
    'x.2.1.10.in-addr.arpa',
    '050.2.1.10.in-addr.arpa',
  ])
    assert.equal(dnsStep(query(name, TYPE.PTR), house, 'udp').kind, 'forward', name);
});

test('a subnet smaller than 256 addresses claims only its own', () => {
  const small = zoneOf({ ...zone, subnets: [parseSubnet('10.1.2.128/26')!] }, [
    { name: 'eve', address: ip('10.1.2.130') },
  ]);
  const by = { zone: small, forwards: true };
  assert.equal(gist(asked(query('130.2.1.10.in-addr.arpa', TYPE.PTR), by)), '0 aa eve.lab.internal');
  for (const name of ['50.2.1.10.in-addr.arpa', '2.1.10.in-addr.arpa'])
    assert.equal(dnsStep(query(name, TYPE.PTR), by, 'udp').kind, 'forward', name);
});

test('other names are asked elsewhere, or refused where that is not done', () => {
  const step = dnsStep(query('www.example.com', TYPE.A), house, 'udp');
  assert.ok(step.kind === 'forward');
  assert.deepEqual(step.query, { name: 'www.example.com', type: 'A' });
  const found = { code: 0, records: [{ ttl: 77, data: { type: 'A', address: ip('192.0.2.7') } as const }] };
  const reply = decodeDns(foundReply(step.request, found, 'udp'));
  assert.equal(gist(reply), '0 - 192.0.2.7');
  assert.deepEqual([reply.answers[0]?.ttl, reply.id, reply.recursionAvailable], [77, 9, true]);
  assert.equal(gist(asked(query('www.example.com', TYPE.A), { zone, forwards: false })), '5 -');
  assert.equal(gist(asked(query('www.example.com', TYPE.A, { recursionDesired: false }))), '5 -');
  assert.equal(gist(asked(query('www.example.com', TYPE.HTTPS))), '0 -');
  assert.equal(gist(asked(query('www.example.com', TYPE.DS))), '4 -');
});

test('a long answer from elsewhere is cut off by UDP, and whole by TCP', () => {
  const step = dnsStep(query('www.example.com', TYPE.A), house, 'udp');
  assert.ok(step.kind === 'forward');
  const records = Array.from({ length: 100 }, () => ({
    ttl: 1,
    data: { type: 'A', address: ip('192.0.2.7') } as const,
  }));
  const sizes = (['udp', 'tcp'] as const).map((way) => decodeDns(foundReply(step.request, { code: 0, records }, way)));
  assert.deepEqual(
    sizes.map(({ truncated, answers }) => [truncated, answers.length]),
    [
      [true, 0],
      [false, 100],
    ],
  );
});

test('EDNS is answered by EDNS; a version that is not known, another kind of question and another class are said so', () => {
  const edns = { payload: 4096, version: 0 };
  assert.deepEqual(asked(query('ada.lab.internal', TYPE.A, { edns })).edns, { payload: 1232, version: 0 });
  assert.equal(asked(query('ada.lab.internal', TYPE.A)).edns, undefined);
  assert.equal(asked(query('ada.lab.internal', TYPE.A, { edns: { ...edns, version: 1 } })).code, 16);
  assert.equal(asked(query('ada.lab.internal', TYPE.A, { opcode: 5 })).code, 4);
  const question = { name: nameOf('ada.lab.internal'), type: TYPE.A, class: 3 };
  assert.equal(asked(query('', 0, { questions: [question] })).code, 5);
  assert.equal(asked(query('', 0, { questions: [] })).code, 1);
  assert.equal(asked(query('', 0, { questions: [question, question] })).code, 1);
});

test('the question comes back in the case it came in', () => {
  assert.deepEqual(asked(query('aDa.lAb.internal', TYPE.A)).questions[0]?.name, ['aDa', 'lAb', 'internal']);
});

test('what cannot be read is told so if it has a header and is no reply; a reply is never answered', () => {
  const broken = query('ada.lab.internal', TYPE.A).subarray(0, 20);
  const step = dnsStep(broken, house, 'udp');
  assert.ok(step.kind === 'reply');
  assert.deepEqual([...step.bytes], [0, 9, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const silent = [broken.subarray(0, 11), Uint8Array.from(broken, (byte, at) => (at === 2 ? 0x81 : byte))];
  for (const bytes of [...silent, query('ada.lab.internal', TYPE.A, { isReply: true })])
    assert.equal(dnsStep(bytes, house, 'udp').kind, 'silence');
});
