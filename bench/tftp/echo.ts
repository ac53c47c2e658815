import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { MessageVector, SLOTS } from '../../src/shell/messageVector.ts';
import { lineTo, RunOutbox, type Line } from '../../src/shell/runOutbox.ts';
import { encodeAddress, MSG_WAITFORONE } from '../../src/shell/sockets.ts';
import { libc } from '../../src/shell/systemCalls.ts';
import { boundSocket, endWithBench } from './boundSocket.ts';

/**
 * The least that two programs can do who exchange what a TFTP server and its client exchange: each waits in one call to the
 * system and answers at once. `echo.ts answer PORT BYTES COUNT` answers each datagram with so many of so many bytes;
 * `echo.ts ask HOST PORT COUNT` answers so many with one of 4 bytes, and prints the mean milliseconds of a round: a transfer,
 * too, takes all of its rounds together, and now and then the machine keeps one waiting for some milliseconds.
 */
const [what, ...rest] = process.argv.slice(2);
/** Milliseconds for which rounds are counted, as long as a transfer takes, after some in which the programs warm up. */
const [SPAN, WARM] = [1000, 200];
/** The bytes of an ACK. */
const ACK = 4;

const inbox = new MessageVector();
const outbox = new RunOutbox();

/** Gives how many came; none after a second without any. */
function wait(fd: number): number {
  const count = libc().recvmmsg(fd, inbox.headers, SLOTS, MSG_WAITFORONE, null);
  if (count < 1) endWithBench();
  return Math.max(0, count);
}

function send(fd: number, line: Line, length: number, size: number): void {
  outbox.room(length);
  outbox.add(fd, line, length, size);
  outbox.flush();
}

function answer(port: number, size: number, count: number): never {
  const fd = boundSocket(port);
  let [line, key]: [Line | undefined, number] = [undefined, 0];
  for (;;) {
    if (wait(fd) < 1) continue;
    if (line === undefined || key !== inbox.key(0)) {
      [line, key] = [lineTo(encodeAddress(inbox.from(0)), true), inbox.key(0)];
    }
    send(fd, line, size * count, size);
  }
}

function ask(host: string, port: number, count: number): number {
  const fd = boundSocket(0);
  const line = lineTo(encodeAddress({ address: host as Ipv4, port }), true);
  const round = (): void => {
    send(fd, line, ACK, ACK);
    for (let heard = 0; heard < count;) heard += wait(fd);
  };
  for (const until = performance.now() + WARM; performance.now() < until;) round();
  const began = performance.now();
  let [now, rounds] = [began, 0];
  for (; now < began + SPAN; now = performance.now()) {
    round();
    rounds += 1;
  }
  return (now - began) / rounds;
}

if (what === 'answer') answer(Number(rest[0]), Number(rest[1]), Number(rest[2]));
process.stdout.write(`${ask(rest[0] ?? '', Number(rest[1]), Number(rest[2]))}\n`);
