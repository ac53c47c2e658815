import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { openUdp, type Endpoint, type UdpPort } from './udp.ts';

const LOOPBACK = '127.0.0.1' as Ipv4;

async function open(context: TestContext, runs: boolean): Promise<UdpPort> {
  const port = await openUdp({ port: 0, address: LOOPBACK, runs });
  context.after(() => port.close());
  return port;
}

/** What a port hears, copied; `count` resolves when so many datagrams are there. */
function hearing(port: UdpPort) {
  const heard: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let wanted = Infinity;
  port.receive((bytes) => {
    heard.push(Buffer.from(bytes));
    if (heard.length >= wanted) resolve();
  });
  const count = async (most: number): Promise<void> => {
    wanted = most;
    if (heard.length < most) await promise;
  };
  return { heard, count };
}

const at = (port: UdpPort): Endpoint => ({ address: LOOPBACK, port: port.port });

test('a run arrives as datagrams of one size, the last one shorter, and what is around it whole', async (context) => {
  const [from, to] = [await open(context, true), await open(context, false)];
  const { heard, count } = hearing(to);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index >> 8);
  from.send(bytes.subarray(0, 40), at(to));
  from.sendRun?.(bytes, 99_000, 1400, at(to));
  from.sendRun?.(bytes, 30, 12, at(to));
  from.send(bytes.subarray(0, 1000), at(to));
  await count(1 + 71 + 3 + 1);
  assert.deepEqual(
    heard.map(({ length }) => length),
    [40, ...Array.from({ length: 70 }, () => 1400), 1000, 12, 12, 6, 1000],
  );
  assert.ok(Buffer.concat(heard.slice(1, 72)).equals(bytes.subarray(0, 99_000)));
});

test('two ports that answer each other go on by themselves, and others have their turn meanwhile', async (context) => {
  const [one, other] = [await open(context, true), await open(context, true)];
  const counter = Buffer.alloc(4);
  const { promise, resolve } = Promise.withResolvers<void>();
  const turns: number[] = [];
  const bounce = (port: UdpPort) => (bytes: Uint8Array, from: Endpoint) => {
    const round = Buffer.from(bytes).readUInt32BE() + 1;
    counter.writeUInt32BE(round);
    if (round === 20_000) return resolve();
    port.send(counter, from);
  };
  one.receive(bounce(one));
  other.receive(bounce(other));
  const timer = setInterval(() => turns.push(counter.readUInt32BE()), 1);
  one.send(counter, at(other));
  await promise;
  clearInterval(timer);
  assert.ok(
    turns.some((round) => round > 0 && round < 20_000),
    'a timer ran in between',
  );
});

test('a port that is closed sends and hears nothing any more', async (context) => {
  const [from, to] = [await open(context, true), await open(context, true)];
  const { heard } = hearing(to);
  from.close();
  from.close();
  from.send(new Uint8Array(4), at(to));
  const third = await open(context, true);
  third.send(new Uint8Array(8), at(to));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(
    heard.map(({ length }) => length),
    [8],
  );
});
