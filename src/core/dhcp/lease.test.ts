import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubnet } from '../net/ipv4.ts';
import { ip } from '../../../test/fixtures/dhcp.ts';
import { Server, SERVER } from '../../../test/fixtures/lease-server.ts';
import { addressFor, inPool, type MachineId, type Pool } from './pool.ts';
import { readJournal } from './journal.ts';

test('the address follows from the machine alone, wherever no other machine came first', () => {
  const names = Array.from({ length: 50 }, (_, n) => `mac ${n}`);
  const [one, again, other] = [new Server(), new Server(), new Server()];
  const given = new Map(names.map((name) => [name, one.address(name)]));
  assert.equal(new Set(given.values()).size, names.length);
  for (const name of names) assert.equal(again.address(name), given.get(name));
  const alone = new Map(names.map((name) => [name, new Server().address(name)]));
  const unrivalled = names.filter((name) =>
    names.every((rival) => rival === name || alone.get(rival) !== alone.get(name)),
  );
  const backwards = new Map(names.toReversed().map((name) => [name, other.address(name)]));
  const moved = unrivalled.filter((name) => backwards.get(name) !== alone.get(name));
  // Only who was pushed onto the place of another can move that one.
  assert.ok(unrivalled.length > 2 * (names.length - unrivalled.length));
  assert.ok(moved.length <= names.length - unrivalled.length, `${moved.length} moved`);
});

test('E1: a bound client is offered its own address and keeps its lease', () => {
  const server = new Server();
  const address = server.address('a');
  const offer = server.tell('a', 'discover');
  assert.deepEqual(offer, { kind: 'offer', address, seconds: 3600, fresh: false });
  assert.equal(server.book.at(address)?.state, 'bound');
});

test('E2: a wished address is offered if it is free and of the pool', () => {
  const server = new Server();
  assert.deepEqual(server.tell('a', 'discover', { requested: ip('10.1.2.77') }).kind, 'offer');
  assert.equal(server.book.at(ip('10.1.2.77'))?.id, 'a');
  for (const bad of ['10.1.2.77', '10.1.2.1', '10.1.2.0', '10.1.2.255', '10.9.9.9']) {
    const offer = server.tell(`b ${bad}`, 'discover', { requested: ip(bad) });
    assert.notEqual('address' in offer ? offer.address : '', bad);
  }
});

test('E4: choosing another server gets silence and frees the offer', () => {
  const server = new Server();
  const offer = server.tell('a', 'discover');
  assert.equal(server.tell('a', 'request', { serverId: ip('10.1.2.2'), requested: ip('10.1.2.9') }).kind, 'none');
  assert.equal('address' in offer && server.book.at(offer.address), undefined);
});

test('E5: an address that is not free is not acknowledged', () => {
  const server = new Server();
  const taken = server.address('a');
  assert.equal(server.tell('b', 'request', { serverId: SERVER, requested: taken }).kind, 'nak');
  assert.equal(server.book.at(taken)?.id, 'a');
});

test('E6, E7: INIT-REBOOT with a wrong network or a wrong address gets a NAK, with the right one an ACK', () => {
  const server = new Server();
  assert.equal(server.tell('a', 'request', { requested: ip('192.168.1.5') }).kind, 'nak');
  const expected = addressFor('a' as MachineId, server.rules.pool, () => true)!;
  assert.equal(server.tell('a', 'request', { requested: expected }).kind, 'ack');
  assert.equal(server.tell('b', 'request', { requested: expected }).kind, 'nak');
});

test('E8, E9: renewing extends, even after the book was lost; what is not of our network is not ours', () => {
  const server = new Server();
  const address = server.address('a');
  const fresh = new Server();
  assert.deepEqual(fresh.tell('a', 'request', { ciaddr: address }), {
    kind: 'ack',
    address,
    seconds: 3600,
    fresh: true,
  });
  assert.equal(fresh.tell('b', 'request', { ciaddr: address }).kind, 'nak');
  assert.equal(fresh.tell('a', 'request', { ciaddr: ip('192.168.1.5') }).kind, 'none');
});

test('E10: a REQUEST that names no address is served', () => {
  assert.equal(new Server().tell('a', 'request').kind, 'ack');
});

test('E11: a declined address rests for ten minutes', () => {
  const server = new Server();
  const address = server.address('a');
  assert.equal(server.tell('b', 'decline', { requested: address }).kind, 'none');
  assert.equal(server.book.at(address)?.id, 'a', 'nobody declines for another');
  server.tell('a', 'decline', { requested: address });
  assert.notEqual(server.address('a'), address);
  server.now += 600_001;
  const offer = server.tell('b', 'discover', { requested: address });
  assert.equal('address' in offer && offer.address, address);
});

test('E12: a released address is kept for its machine as long as there are others', () => {
  const server = new Server();
  const address = server.address('a');
  server.tell('b', 'release', { ciaddr: address });
  assert.equal(server.book.at(address)?.state, 'bound');
  server.tell('a', 'release', { ciaddr: address });
  assert.equal(server.book.at(address)?.state, 'released');
  const offer = server.tell('b', 'discover', { requested: address });
  assert.notEqual('address' in offer && offer.address, address);
  assert.equal(server.address('a'), address);
});

test('E13: INFORM gives no address', () => {
  assert.deepEqual(new Server().tell('a', 'inform', { ciaddr: ip('10.1.2.9') }), { kind: 'inform' });
});

test('E15: a changed reservation is enforced at renewal only if its address is free', () => {
  const server = new Server();
  const [mine, other] = [server.address('a'), server.address('b')];
  assert.equal(server.tell('a', 'request', { ciaddr: mine, fixed: other }).kind, 'ack');
  assert.equal(server.tell('a', 'request', { ciaddr: mine, fixed: ip('10.1.2.200') }).kind, 'nak');
  assert.equal(server.address('a', { fixed: ip('10.1.2.200') }), '10.1.2.200');
});

test('E16: of a full pool whoever has been gone longest loses the address, and never one who is there', () => {
  const server = new Server('10.1.2.0/29');
  const names = ['a', 'b', 'c', 'd', 'e'];
  const given = names.map((name) => {
    server.now += 1000;
    return server.address(name);
  });
  assert.equal(server.tell('f', 'discover').kind, 'none');
  server.now += 3600_000 - 3500;
  assert.equal(server.address('f'), given[0]);
  assert.equal(server.tell('g', 'discover').kind, 'none');
});

test('E17: the journal gives the same book again, whatever line a power cut tore', () => {
  const server = new Server();
  const address = server.address('a');
  server.address('b');
  const { records, lost } = readJournal(server.journal.slice(0, -7), 5000);
  assert.equal(lost, 1);
  assert.deepEqual(
    records.map((record) => record.kind === 'lease' && [record.lease.id, record.lease.address, record.lease.until]),
    [['a', address, 3_605_000]],
  );
  for (const junk of ['{', '[]', 'null', '{"id":1}', '{"id":"a","address":"x","seconds":1}', '\u0000'.repeat(512)]) {
    assert.deepEqual(readJournal(junk, 0), { records: [], lost: 1 });
  }
});

test('the pool gives neither network, broadcast nor what is excluded', () => {
  const pool: Pool = { subnet: parseSubnet('10.1.2.0/30')!, excluded: new Set([SERVER]) };
  assert.deepEqual(
    ['10.1.2.0', '10.1.2.1', '10.1.2.2', '10.1.2.3'].map((text) => inPool(pool, ip(text))),
    [false, false, true, false],
  );
  assert.equal(
    addressFor('x' as MachineId, pool, () => true),
    '10.1.2.2',
  );
  assert.equal(
    addressFor('x' as MachineId, { ...pool, subnet: parseSubnet('10.1.2.1/32')! }, () => true),
    undefined,
  );
});
