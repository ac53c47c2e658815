import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { decodeDns, encodeDns } from '../core/dns/message.ts';
import type { RecordData } from '../core/dns/record.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { nameOf } from '../core/dns/name.ts';
import { ipv6Bytes, resolverOf } from './resolver.ts';

const target = nameOf('to.example.com');
const soa = { primary: target, mailbox: target, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 };
const DATA: readonly RecordData[] = [
  { type: 'A', address: '192.0.2.7' as Ipv4 },
  { type: 'AAAA', bytes: ipv6Bytes('2001:db8::1') },
  { type: 'CNAME', target },
  { type: 'NS', target },
  { type: 'PTR', target },
  { type: 'MX', preference: 10, target },
  { type: 'SRV', priority: 1, weight: 2, port: 3, target },
  { type: 'TXT', texts: [Buffer.from('one'), Buffer.from('two')] },
  { type: 'SOA', soa },
];

test('addresses of IPv6 are read in every form c-ares writes', () => {
  const text = (address: string): string => Buffer.from(ipv6Bytes(address)).toString('hex');
  assert.equal(text('::'), '0'.repeat(32));
  assert.equal(text('::1'), `${'0'.repeat(31)}1`);
  assert.equal(text('2001:db8::'), `20010db8${'0'.repeat(24)}`);
  assert.equal(text('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008');
  assert.equal(text('::ffff:192.0.2.7'), '00000000000000000000ffffc0000207');
});

test('other servers are asked by c-ares, and what they say comes back as it was', async () => {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    const message = decodeDns(bytes);
    const [question] = message.questions;
    const code = question?.name[0] === 'none' ? 3 : 0;
    const data = code > 0 ? undefined : DATA.find((_, at) => question?.name[0] === `n${at}`);
    const answers =
      question === undefined || data === undefined ? [] : [{ name: question.name, class: 1, ttl: 9, data }];
    socket.send(encodeDns({ ...message, isReply: true, code, answers, edns: undefined }), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolve = resolverOf([`127.0.0.1:${socket.address().port}` as Ipv4]);
  for (const [at, data] of DATA.entries()) {
    if (data.type === 'other') continue;
    const { code, records } = await resolve({ name: `n${at}.example.com`, type: data.type });
    assert.deepEqual(
      [code, records.map((record) => JSON.stringify(record.data))],
      [0, [JSON.stringify(data)]],
      data.type,
    );
  }
  assert.deepEqual(await resolve({ name: 'none.example.com', type: 'A' }), { code: 3, records: [] });
  assert.deepEqual(await resolve({ name: 'nothing.example.com', type: 'A' }), { code: 0, records: [] });
  socket.close();
});

test('a server that is not there is a failure, told as one', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  assert.deepEqual(await resolverOf([`127.0.0.1:${port}` as Ipv4])({ name: 'a.example.com', type: 'A' }), {
    code: 2,
    records: [],
  });
});
