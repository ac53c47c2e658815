import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { openUdp, type Endpoint, type UdpPort } from './udp.ts';

const [LOOPBACK, NEIGHBOUR] = ['127.0.0.1' as Ipv4, '127.0.0.2' as Ipv4];

const at = (port: UdpPort): Endpoint => ({ address: LOOPBACK, port: port.port });

/** A port of Node's own. */
async function open(context: TestContext): Promise<UdpPort> {
  const port = await openUdp({ port: 0, address: LOOPBACK });
  context.after(() => port.close());
  return port;
}

/** A port for transfers with somebody. */
async function openTo(context: TestContext, other: UdpPort, address = LOOPBACK): Promise<UdpPort> {
  const port = await openUdp({ port: 0, address, peer: at(other) });
  context.after(() => port.close());
  return port;
}

/** What a port hears, as lengths, and copied; `count` resolves when so many datagrams are there. */
function hearing(port: UdpPort) {
  const heard: { readonly bytes: Buffer; readonly from: Endpoint }[] = [];
  let { promise, resolve } = Promise.withResolvers<void>();
  let wanted = Infinity;
  port.receive((bytes, from) => {
    heard.push({ bytes: Buffer.from(bytes), from });
    if (heard.length >= wanted) resolve();
  });
  const count = async (most: number): Promise<void> => {
    ({ promise, resolve } = Promise.withResolvers<void>());
    wanted = most;
    if (heard.length < most) await promise;
  };
  return { heard, count, lengths: () => heard.map(({ bytes }) => bytes.length) };
}

/** Writes a run into a port's room and sends it. */
function sendRun({ runs }: UdpPort, bytes: Uint8Array, size: number): void {
  assert.ok(runs !== undefined, 'libc is there');
  runs.room(bytes.length).set(bytes);
  runs.send(bytes.length, size);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a run arrives as datagrams of one size, the last one shorter, and what is around it whole', async (context) => {
  const to = await open(context);
  const from = await openTo(context, to);
  const { heard, count, lengths } = hearing(to);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index >> 8);
  from.send(bytes.subarray(0, 40), at(to));
  sendRun(from, bytes.subarray(0, 99_000), 1400);
  sendRun(from, bytes.subarray(0, 30), 12);
  from.send(bytes.subarray(0, 1000), at(to));
  from.send(new Uint8Array(), at(to));
  await count(1 + 71 + 3 + 1 + 1);
  assert.deepEqual(lengths(), [40, ...Array.from({ length: 70 }, () => 1400), 1000, 12, 12, 6, 1000, 0]);
  assert.ok(Buffer.concat(heard.slice(1, 72).map((one) => one.bytes)).equals(bytes.subarray(0, 99_000)));
});

test('a run that is longer than all the memory that is kept for them arrives, too', async (context) => {
  const to = await open(context);
  const from = await openTo(context, to);
  const { heard, count } = hearing(to);
  const bytes = Uint8Array.from({ length: 3 * 2 ** 20 }, (_, index) => index >> 12);
  sendRun(from, bytes, 60_000);
  // What fits into the buffer of the receiver comes for certain.
  await count(2);
  assert.ok(heard.every(({ bytes: one }, index) => one.equals(bytes.subarray(index * 60_000, (index + 1) * 60_000))));
});

test('several peers share a port, each hears its own, and is heard by its own', async (context) => {
  const peers = await Promise.all([1, 2, 3].map(() => open(context)));
  const ports = await Promise.all(peers.map((peer) => openTo(context, peer)));
  assert.equal(new Set(ports.map(({ port }) => port)).size, 1);
  const [mine, theirs] = [ports.map(hearing), peers.map(hearing)];
  ports.forEach((port, index) => sendRun(port, new Uint8Array(100 * (index + 1)), 60));
  for (const one of theirs) await one.count(2);
  peers.forEach((peer, index) => peer.send(new Uint8Array(index + 1), at(ports[0]!)));
  for (const one of mine) await one.count(1);
  assert.deepEqual(
    theirs.map((one) => one.lengths()),
    [
      [60, 40],
      [60, 60, 60, 20],
      [60, 60, 60, 60, 60],
    ],
  );
  assert.deepEqual(
    mine.map((one) => one.lengths()),
    [[1], [2], [3]],
  );
});

test('what a stranger sends is heard by one of those who share a port, which can answer it', async (context) => {
  const [one, other, stranger] = [await open(context), await open(context), await open(context)];
  const ports = [await openTo(context, one), await openTo(context, other)];
  const [heard, answered] = [ports.map(hearing), hearing(stranger)];
  for (const port of ports) port.receive((bytes, from) => port.send(bytes, from));
  stranger.send(new Uint8Array(9), at(ports[0]!));
  await answered.count(1);
  const whole = heard.flatMap((each) => each.heard);
  assert.deepEqual(
    whole.map(({ from }) => from),
    [at(stranger)],
  );
  assert.deepEqual([answered.lengths(), answered.heard[0]?.from.port], [[9], ports[0]?.port]);
});

test('a peer that comes again is given another port, and what still comes to the first one is not heard', async (context) => {
  const [one, other] = [await open(context), await open(context)];
  const [first, kept] = [await openTo(context, one), await openTo(context, other)];
  const [old, keeper] = [hearing(first), hearing(kept)];
  first.close();
  const second = await openTo(context, one);
  const fresh = hearing(second);
  assert.notEqual(second.port, kept.port);
  one.send(new Uint8Array(1), at(kept));
  one.send(new Uint8Array(2), at(second));
  other.send(new Uint8Array(3), at(kept));
  await Promise.all([fresh.count(1), keeper.count(1)]);
  assert.deepEqual([old.lengths(), fresh.lengths(), keeper.lengths()], [[], [2], [3]]);
});

test('a peer that is gone (ICMP says so) ends nothing of the others', async (context) => {
  const [gone, there] = [await openUdp({ port: 0, address: LOOPBACK }), await open(context)];
  const ports = [await openTo(context, gone), await openTo(context, there)];
  const heard = hearing(there);
  gone.close();
  await pause(20);
  for (let round = 1; round <= 5; round += 1) {
    sendRun(ports[0]!, new Uint8Array(100), 60);
    sendRun(ports[1]!, new Uint8Array(100), 60);
    await heard.count(2 * round);
  }
  assert.equal(heard.heard.length, 10);
});

test('two ports that answer each other go on by themselves, and others have their turn meanwhile', async (context) => {
  const node = await open(context);
  const one = await openTo(context, node);
  const counter = Buffer.alloc(4);
  const { promise, resolve } = Promise.withResolvers<void>();
  const turns: number[] = [];
  const bounce = (port: UdpPort) => (bytes: Uint8Array, from: Endpoint) => {
    const round = Buffer.from(bytes).readUInt32BE() + 1;
    counter.writeUInt32BE(round);
    if (round >= 20_000) return resolve();
    port.send(counter, from);
  };
  const other = await openTo(context, one, NEIGHBOUR);
  one.receive(bounce(one));
  other.receive(bounce(other));
  const timer = setInterval(() => turns.push(counter.readUInt32BE()), 1);
  one.send(counter, { ...at(other), address: NEIGHBOUR });
  await promise;
  clearInterval(timer);
  assert.ok(
    turns.some((round) => round > 0 && round < 20_000),
    'a timer ran in between',
  );
});

test('a port that is closed sends and hears nothing any more', async (context) => {
  const to = await open(context);
  const { lengths, count } = hearing(to);
  const from = await openTo(context, to);
  from.close();
  from.close();
  from.send(new Uint8Array(4), at(to));
  const second = await openTo(context, to);
  second.send(new Uint8Array(8), at(to));
  await count(1);
  await pause(50);
  assert.deepEqual(lengths(), [8]);
});
