import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { lineTo, Memory, RunOutbox, type Line } from './runOutbox.ts';
import { openReusedPort } from './sending/reusedPort.ts';
import { encodeAddress } from './sockets.ts';
import { libc } from './systemCalls.ts';
import { openUdp, type UdpPort } from './udp.ts';

const LOOPBACK = '127.0.0.1' as Ipv4;

async function open(context: TestContext): Promise<UdpPort> {
  const port = await openUdp({ port: 0, address: LOOPBACK });
  context.after(() => port.close());
  return port;
}

/** A socket to send from. */
function socketOf(context: TestContext): number {
  const [socket = -1] = openReusedPort(LOOPBACK, 1).sockets;
  context.after(() => libc().close(socket));
  return socket;
}

const wayTo = ({ port }: UdpPort): Line => lineTo(encodeAddress({ address: LOOPBACK, port }), true);

/** What a port hears, copied; `count` resolves when so many datagrams are there. */
function hearing(port: UdpPort) {
  const heard: Buffer[] = [];
  let [wanted, done] = [Infinity, (): void => undefined];
  port.receive((bytes) => {
    heard.push(Buffer.from(bytes));
    if (heard.length >= wanted) done();
  });
  const count = async (most: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    [wanted, done] = [most, resolve];
    if (heard.length < most) await promise;
  };
  return { heard, count, lengths: () => heard.map(({ length }) => length) };
}

/** Sends bytes as datagrams of a size. */
function sendRun(outbox: RunOutbox, socket: number, line: Line, bytes: Uint8Array, size: number): void {
  outbox.room(bytes.length).set(bytes);
  outbox.add(socket, line, bytes.length, size);
}

test('a run arrives as datagrams of one size, the last one shorter, and what is around it whole', async (context) => {
  const [to, socket, outbox] = [await open(context), socketOf(context), new RunOutbox()];
  const { heard, count, lengths } = hearing(to);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index >> 8);
  const line = wayTo(to);
  sendRun(outbox, socket, line, bytes.subarray(0, 40), 40);
  sendRun(outbox, socket, line, bytes.subarray(0, 99_000), 1400);
  sendRun(outbox, socket, line, bytes.subarray(0, 30), 12);
  sendRun(outbox, socket, line, bytes.subarray(0, 1000), 1000);
  sendRun(outbox, socket, line, new Uint8Array(), 1);
  outbox.flush();
  await count(1 + 71 + 3 + 1 + 1);
  assert.deepEqual(lengths(), [40, ...Array.from({ length: 70 }, () => 1400), 1000, 12, 12, 6, 1000, 0]);
  assert.ok(Buffer.concat(heard.slice(1, 72)).equals(bytes.subarray(0, 99_000)));
});

test('a run that is longer than all the memory that is kept for them arrives, too', async (context) => {
  const [to, socket, outbox] = [await open(context), socketOf(context), new RunOutbox()];
  const { heard, count } = hearing(to);
  const bytes = Uint8Array.from({ length: 3 * 2 ** 20 }, (_, index) => index >> 12);
  sendRun(outbox, socket, wayTo(to), bytes, 60_000);
  outbox.flush();
  // What fits into the buffer of the receiver comes for certain.
  await count(2);
  assert.ok(heard.every((one, index) => one.equals(bytes.subarray(index * 60_000, (index + 1) * 60_000))));
});

test('what stands in other memory is sent from there, between what does not', async (context) => {
  const [to, socket, outbox] = [await open(context), socketOf(context), new RunOutbox()];
  const { heard, count, lengths } = hearing(to);
  const [line, memory] = [wayTo(to), new Memory(100)];
  memory.bytes.fill(7);
  sendRun(outbox, socket, line, new Uint8Array(20), 20);
  outbox.addFrom(memory, socket, line, 90, 40);
  sendRun(outbox, socket, line, new Uint8Array(30), 30);
  outbox.flush();
  await count(5);
  assert.deepEqual(lengths(), [20, 40, 40, 10, 30]);
  assert.ok(heard.every((one, index) => one.every((byte) => byte === (index > 0 && index < 4 ? 7 : 0))));
});

test('what waits for several receivers, and for several sockets, goes to each', async (context) => {
  const receivers = await Promise.all([1, 2, 3].map(() => open(context)));
  const [sockets, outbox] = [[socketOf(context), socketOf(context)], new RunOutbox()];
  const all = receivers.map(hearing);
  for (const socket of sockets) {
    receivers.forEach((to, index) => sendRun(outbox, socket, wayTo(to), new Uint8Array(100 * (index + 1)), 60));
  }
  outbox.flush();
  const each = [
    [60, 40],
    [60, 60, 60, 20],
    [60, 60, 60, 60, 60],
  ];
  for (const [index, one] of all.entries()) await one.count(2 * (each[index]?.length ?? 0));
  assert.deepEqual(
    all.map((one) => one.lengths()),
    each.map((lengths) => lengths.concat(lengths)),
  );
});

test('a receiver that is gone (ICMP says so) keeps nothing from the others', async (context) => {
  const [gone, there] = [await openUdp({ port: 0, address: LOOPBACK }), await open(context)];
  const [socket, outbox] = [socketOf(context), new RunOutbox()];
  const { heard, count } = hearing(there);
  const [lost, kept] = [wayTo(gone), wayTo(there)];
  gone.close();
  for (let round = 1; round <= 5; round += 1) {
    sendRun(outbox, socket, lost, new Uint8Array(100), 60);
    sendRun(outbox, socket, kept, new Uint8Array(100), 60);
    outbox.flush();
    await count(2 * round);
  }
  assert.equal(heard.length, 10);
});
