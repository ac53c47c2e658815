import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { openUdp, type Endpoint, type UdpPort } from './udp.ts';

const LOOPBACK = '127.0.0.1' as Ipv4;
const needsRoot = { skip: process.getuid?.() === 0 ? false : 'a socket on an interface needs root' };

async function open(context: TestContext): Promise<UdpPort> {
  const port = await openUdp({ port: 0, interface: 'lo' });
  context.after(() => port.close());
  return port;
}

const at = (port: UdpPort): Endpoint => ({ address: LOOPBACK, port: port.port });
const numbered = (number: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length, number & 0xff);
  bytes.writeUInt32BE(number);
  return bytes;
};

test(
  'many at once are heard whole and in order with their sender, and each is answered',
  needsRoot,
  async (context) => {
    const [asks, answers] = [await open(context), await open(context)];
    const heard: { readonly bytes: Buffer; readonly from: Endpoint }[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const replies: number[] = [];
    answers.receive((bytes, from) => {
      heard.push({ bytes: Buffer.from(bytes), from });
      answers.send(bytes.subarray(0, 4), from);
    });
    asks.receive((bytes) => {
      replies.push(Buffer.from(bytes).readUInt32BE());
      if (replies.length === 300) resolve();
    });
    const sent = Array.from({ length: 300 }, (_, number) => numbered(number, 4 + ((number * 37) % 1400)));
    for (const bytes of sent) asks.send(bytes, at(answers));
    await promise;
    assert.ok(heard.every(({ bytes, from }, number) => bytes.equals(sent[number]!) && from.port === asks.port));
    assert.ok(heard.every(({ from }) => from.address === LOOPBACK));
    assert.deepEqual(
      replies,
      sent.map((_, number) => number),
    );
  },
);

test('what the system refuses is told, and what stands around it goes out', needsRoot, async (context) => {
  const [from, to] = [await open(context), await open(context)];
  const { promise, resolve } = Promise.withResolvers<void>();
  const [heard, refused]: [number[], string[]] = [[], []];
  to.receive((bytes) => {
    heard.push(bytes.length);
    if (heard.length === 2) resolve();
  });
  const failed = (error: Error): void => void refused.push(error.message);
  from.send(numbered(0, 10), at(to), failed);
  // Nobody has port 0.
  from.send(numbered(1, 20), { address: LOOPBACK, port: 0 }, failed);
  from.send(numbered(2, 30), at(to), failed);
  await promise;
  assert.deepEqual([heard, refused], [[10, 30], ['sending failed: EINVAL']]);
});

test('a flood is taken in turns, between which others have theirs', needsRoot, async (context) => {
  const [from, to] = [await open(context), await open(context)];
  const heard: number[] = [];
  to.receive((bytes) => void heard.push(bytes.length));
  for (let number = 0; number < 500; number += 1) from.send(numbered(number, 50), at(to));
  const turns: number[] = [];
  while (heard.length < 500) {
    await new Promise((resolve) => setImmediate(resolve));
    turns.push(heard.length);
  }
  assert.ok(
    turns.some((count) => count > 0 && count < 500),
    String(turns.slice(-10)),
  );
});

test(
  'a port that a handler closes hears nothing more of what had come, and sends nothing more',
  needsRoot,
  async (context) => {
    const [from, to, other] = [await open(context), await open(context), await open(context)];
    const heard: number[] = [];
    to.receive((bytes, sender) => {
      heard.push(bytes.length);
      if (bytes.length !== 7) return;
      to.send(numbered(0, 12), sender);
      to.close();
      to.close();
      to.send(numbered(0, 13), sender);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const replies: number[] = [];
    from.receive((bytes) => {
      replies.push(bytes.length);
      if (bytes.length === 20) resolve();
    });
    for (let length = 4; length < 12; length += 1) from.send(numbered(0, length), at(to));
    await new Promise((done) => setTimeout(done, 20));
    other.send(numbered(0, 20), at(from));
    await promise;
    assert.deepEqual(
      [heard, replies],
      [
        [4, 5, 6, 7],
        [12, 20],
      ],
    );
  },
);
