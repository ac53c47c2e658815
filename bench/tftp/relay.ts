import { setImmediate } from 'node:timers/promises';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { MessageVector, SLOTS } from '../../src/shell/messageVector.ts';
import { lineTo, RunOutbox, type Line } from '../../src/shell/runOutbox.ts';
import { encodeAddress, MSG_DONTWAIT } from '../../src/shell/sockets.ts';
import { libc } from '../../src/shell/systemCalls.ts';
import { boundSocket, endWithBench } from './boundSocket.ts';

/**
 * A longer way between one UDP client and its server: what the client sends goes on at once, what the server sends goes on
 * `delay` milliseconds after it came. A program of its own: `relay.ts PORT SERVER SERVER-PORT DELAY`. It never sleeps, so that
 * the way is equally long each time: it wants a processor for itself. When it is told to end (SIGTERM) it prints the
 * milliseconds from the client's second datagram, to which the first window is the answer, to its last one.
 */
const [port = '', server = '', serverPort = '', delayText = ''] = process.argv.slice(2);
const delay = Number(delayText);
/** Milliseconds between two looks at what else there is: the signal to end. */
const LOOK = 20;

const inbox = new MessageVector();
const outbox = new RunOutbox();
/** Where the client asks; where it is answered from, which for TFTP is another port; what speaks to the server. */
const [door, down, up] = [boundSocket(Number(port)), boundSocket(0), boundSocket(0)];
const wayTo = (address: Ipv4, to: number): Line => lineTo(encodeAddress({ address, port: to }), false);
const toServer = { line: wayTo(server as Ipv4, Number(serverPort)), key: 0 };
const toClient = { line: wayTo('0.0.0.0' as Ipv4, 0), key: 0 };
const waiting: { readonly due: number; readonly bytes: Uint8Array }[] = [];
/** How many datagrams the client sent, and when the second and the last one came. */
let [count, second, last] = [0, Number.NaN, Number.NaN];

const receive = (fd: number): number => Math.max(0, libc().recvmmsg(fd, inbox.headers, SLOTS, MSG_DONTWAIT, null));

function pass(fd: number, to: Line, bytes: Uint8Array): void {
  outbox.room(bytes.length).set(bytes);
  outbox.add(fd, to, bytes.length, Math.max(1, bytes.length));
}

/** Learns where the other end of a slot's datagram is: a server answers from a port that it chose. */
function learn(known: { line: Line; key: number }, slot: number): void {
  if (known.key === inbox.key(slot)) return;
  const from = inbox.from(slot);
  Object.assign(known, { key: inbox.key(slot), line: wayTo(from.address, from.port) });
}

function fromClient(fd: number): void {
  const received = receive(fd);
  for (let slot = 0; slot < received; slot += 1) {
    learn(toClient, slot);
    pass(up, toServer.line, inbox.bytes(slot) ?? new Uint8Array());
    last = performance.now();
    count += 1;
    if (count === 2) second = last;
  }
  outbox.flush();
}

function fromServer(): void {
  const received = receive(up);
  const due = performance.now() + delay;
  for (let slot = 0; slot < received; slot += 1) {
    learn(toServer, slot);
    waiting.push({ due, bytes: Uint8Array.from(inbox.bytes(slot) ?? []) });
  }
}

function passDue(): void {
  const now = performance.now();
  for (let [next] = waiting; next !== undefined && next.due <= now; [next] = waiting) {
    waiting.shift();
    pass(down, toClient.line, next.bytes);
  }
  outbox.flush();
}

process.once('SIGTERM', () => process.stdout.write(`${last - second}\n`, () => process.exit()));
for (;;) {
  for (const until = performance.now() + LOOK; performance.now() < until;) {
    fromClient(door);
    fromClient(down);
    fromServer();
    passDue();
  }
  await setImmediate();
  endWithBench();
}
