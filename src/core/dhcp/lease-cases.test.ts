import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip } from '../../../test/fixtures/dhcp.ts';
import { Server, SERVER } from '../../../test/fixtures/lease-server.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import type { Tenant } from './assign.ts';
import { readJournal } from './journal.ts';
import { leaseStep, type LeaseRules } from './lease.ts';
import { LeaseBook } from './lease-book.ts';
import { addressFor, type MachineId } from './pool.ts';

test('pools: only addresses of its ranges are given, in every one of them', () => {
  const ranges = [
    { from: ip('10.1.2.10'), to: ip('10.1.2.12') },
    { from: ip('10.1.2.20'), to: ip('10.1.2.20') },
  ];
  const server = new Server('10.1.2.0/24', { ranges, excluded: new Set([ip('10.1.2.11')]) });
  const given = ['a', 'b', 'c'].map((name) => server.address(name)).sort();
  assert.deepEqual(given, ['10.1.2.10', '10.1.2.12', '10.1.2.20']);
  assert.equal(server.tell('d', 'discover').kind, 'none');
  assert.equal(server.tell('e', 'request', { ciaddr: ip('10.1.2.50') }).kind, 'none', 'outside the pools: not ours');
});

test('E5: who takes another address of ours gives the first one up', () => {
  const server = new Server();
  const first = server.address('a');
  assert.equal(server.tell('a', 'request', { serverId: SERVER, requested: ip('10.1.2.77') }).kind, 'ack');
  assert.deepEqual([server.book.at(first), server.book.size], [undefined, 1]);
});

test('E6, E7: a server without the last word says nothing where it knows nothing', () => {
  const server = new Server('10.1.2.0/24', {}, false);
  assert.equal(server.tell('a', 'request', { requested: ip('192.168.1.5') }).kind, 'none');
  const expected = addressFor('a' as MachineId, server.rules.pool, () => true)!;
  assert.equal(server.tell('a', 'request', { requested: expected }).kind, 'none');
  const address = server.address('a');
  assert.equal(server.tell('a', 'request', { requested: address }).kind, 'ack', 'what it gave it knows');
  assert.equal(server.tell('a', 'request', { requested: ip('10.1.2.250') }).kind, 'none');
});

test('E8, E9: without the last word nothing is extended that is not in the book, unless it was sent to us alone', () => {
  const server = new Server('10.1.2.0/24', {}, false);
  const ciaddr = ip('10.1.2.77');
  assert.equal(server.tell('a', 'request', { ciaddr }).kind, 'none');
  assert.equal(server.tell('a', 'request', { ciaddr, unicast: false }).kind, 'none');
  assert.equal(server.tell('a', 'request', { ciaddr, unicast: true }).kind, 'ack');
  assert.equal(server.tell('b', 'request', { ciaddr }).kind, 'none');
});

test('E11, E12: what is declined or released at another server is none of ours', () => {
  const server = new Server();
  const address = server.address('a');
  const elsewhere = { serverId: ip('10.1.2.2') };
  server.tell('a', 'decline', { requested: address, ...elsewhere });
  server.tell('a', 'release', { ciaddr: address, ...elsewhere });
  assert.equal(server.book.at(address)?.state, 'bound');
  server.tell('a', 'decline', { requested: address, serverId: SERVER });
  assert.equal(server.book.at(address), undefined);
});

test('E11: a fixed address that was declined rests too, and the machine gets another one meanwhile', () => {
  const server = new Server();
  const fixed = ip('10.1.2.200');
  assert.equal(server.address('a', { fixed }), fixed);
  server.tell('a', 'decline', { requested: fixed, fixed });
  assert.notEqual(server.address('a', { fixed }), fixed);
  server.now += 600_001;
  assert.equal(server.address('a', { fixed }), fixed);
});

test('a machine in two networks has a lease in each', () => {
  const [one, other] = [new Server('10.1.2.0/24'), new Server('10.1.3.0/24')];
  const shared = { one: one.rules, other: other.rules };
  const discover = (rules: LeaseRules) => {
    const tenant: Tenant = { id: 'a' as MachineId, mac: null, uuid: null, fixed: undefined, boots: false };
    const event = {
      type: 'discover',
      tenant,
      requested: undefined,
      serverId: undefined,
      ciaddr: ANY_IPV4,
      seconds: 9,
    } as const;
    const { reply, records } = leaseStep(one.book, rules, event, 0);
    for (const record of records) one.book.apply(record);
    return 'address' in reply ? reply.address : '';
  };
  const first = [discover(shared.one), discover(shared.other)];
  assert.deepEqual([discover(shared.one), discover(shared.other)], first);
  assert.equal(one.book.size, 2);
});

test('E16: of a full pool the thousandth client costs no more than the first', () => {
  let looks = 0;
  class CountingBook extends LeaseBook {
    override at(address: Ipv4) {
      looks += 1;
      return super.at(address);
    }
  }
  const server = new Server('10.1.0.0/20');
  const book = new CountingBook();
  const fill = (name: string) => {
    const tenant: Tenant = { id: name as MachineId, mac: null, uuid: null, fixed: undefined, boots: false };
    const event = {
      type: 'request',
      tenant,
      requested: undefined,
      serverId: undefined,
      ciaddr: ANY_IPV4,
      seconds: 9,
    } as const;
    const { reply, records } = leaseStep(book, server.rules, event, server.now);
    for (const record of records) book.apply(record);
    return reply.kind;
  };
  for (let n = 0; book.size < 4093; n += 1) assert.equal(fill(`m${n}`), 'ack');
  fill('one too many');
  looks = 0;
  for (let n = 0; n < 100; n += 1) assert.equal(fill(`late ${n}`), 'none');
  assert.ok(looks < 100 * 50, `${looks} looks into the book`);
  server.now += 20_000;
  fill('the first after all have gone');
  looks = 0;
  for (let n = 0; n < 100; n += 1) assert.equal(fill(`new ${n}`), 'ack');
  assert.ok(looks < 100 * 50, `${looks} looks into the book`);
});

test('E17: a journal cut at any byte, or damaged anywhere, loses no more than the lines it hit', () => {
  const server = new Server();
  for (const name of ['a', 'b', 'c']) server.address(name);
  const text = server.journal;
  const whole = readJournal(text, 0).records.length;
  assert.equal(whole, 3);
  for (let cut = 0; cut < text.length; cut += 1) {
    const lines = text.slice(0, cut).split('\n').length - 1;
    assert.ok(readJournal(text.slice(0, cut), 0).records.length >= lines);
    const damaged = readJournal(`${text.slice(0, cut)}\u0001${text.slice(cut + 1)}`, 0);
    assert.ok(damaged.records.length >= whole - 2 && damaged.records.length < whole, `byte ${cut}`);
  }
});
