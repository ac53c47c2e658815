import { DATA_HEADER, writeBlocks, type Run } from '../core/tftp/blocks.ts';
import { readTftp, STRANGER } from '../core/tftp/packet.ts';
import type { Lasting } from '../core/tftp/record.ts';
import {
  isOver,
  isUnanswered,
  startTransfer,
  transferStep,
  type Transfer,
  type TransferEvent,
  type TransferStep,
} from '../core/tftp/transfer.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { UdpPort } from '../shell/udp.ts';
import type { TftpDeps, Work } from './tftpTransfer.ts';

/**
 * A transfer that this program carries out itself: threads send what they can read without waiting (`shell/sending`), the rest
 * goes this way, and all of it where there are no threads.
 */
export async function fedTransfer(work: Work, lasting: Lasting): Promise<Transfer> {
  const port = await openPort(work.asked, work.deps);
  try {
    const { size, terms, rollover } = lasting;
    return await feed({ ...work, port }, startTransfer(size, terms, work.deps.clock.now(), rollover));
  } finally {
    port.close();
  }
}

/** The port that a transfer speaks from. */
export async function openPort(asked: UdpPort, deps: TftpDeps): Promise<UdpPort> {
  if (deps.singlePort !== true) return deps.open({ port: 0, address: deps.address });
  return {
    port: asked.port,
    send: (bytes, to) => asked.send(bytes, to),
    receive: () => undefined,
    close: () => undefined,
  };
}

type Fed = Work & { readonly port: UdpPort };

/** Feeds a transfer with what comes and with time, and sends what it says, until it ends. */
async function feed(work: Fed, first: TransferStep): Promise<Transfer> {
  const { clock } = work.deps;
  let { state } = first;
  let [alarm, alarmAt] = [new AbortController(), 0];
  const ended = new AbortController();
  const isOut = (): boolean => ended.signal.aborted || work.signal.aborted;
  const end = (): void => {
    ended.abort();
    alarm.abort();
  };
  work.signal.addEventListener('abort', end, { once: true });
  const send = sender(work, isOut, (why) => hear({ kind: 'unreadable', why }));
  const act = (step: TransferStep): void => {
    ({ state } = step);
    if (step.out !== undefined) send(step.out);
    if (isOver(state)) end();
    // Most ACKs put the deadline off: then the alarm goes off in vain and is set again, which is rarer than an ACK is.
    else if (state.deadline < alarmAt) alarm.abort();
  };
  const hear = (event: TransferEvent): void => act(transferStep(state, event, clock.now()));
  work.running.isUnanswered = () => isUnanswered(state);
  listen(work, hear);
  act(first);
  while (!isOut()) {
    [alarm, alarmAt] = [new AbortController(), state.deadline];
    await clock.sleep(Math.max(1, alarmAt - clock.now()), alarm.signal).catch(() => undefined);
    if (!isOut()) hear({ kind: 'timeout' });
  }
  return state;
}

/** Hears the client, on the transfer's own port or through the one that all share. */
function listen({ port, running }: Fed, hear: (event: TransferEvent) => void): void {
  running.again = () => hear({ kind: 'again' });
  running.hear = (packet) => {
    if (packet.kind === 'ack' || packet.kind === 'error') hear(packet);
  };
  port.receive((bytes, from) => {
    const packet = readTftp(bytes);
    if (packet === undefined) return;
    if (from.port === running.to.port && from.address === running.to.address) return running.hear(packet);
    // Never an error for an error: two programs would tell each other for ever.
    if (packet.kind !== 'error') port.send(STRANGER, from);
  });
}

/** Sends what a step says; blocks that have to be read first are sent once they are there. */
function sender({ port, file, running: { to } }: Fed, isOut: () => boolean, failed: (why: string) => void) {
  const sendBlocks = (run: Run, bytes: Uint8Array): void => {
    const size = DATA_HEADER + run.blksize;
    // Sent later by the system, so it keeps its memory.
    const outbox = new Uint8Array(run.blocks * size);
    const start = (run.first - 1) * run.blksize;
    const put = (at: number, from: number, to: number): void =>
      outbox.set(bytes.subarray(from - start, to - start), at);
    const length = writeBlocks(outbox, 0, run, file.size, put);
    for (let at = 0; at < length; at += size) port.send(outbox.subarray(at, Math.min(at + size, length)), to);
  };
  return (out: Uint8Array | Run): void => {
    if (out instanceof Uint8Array) return port.send(out, to);
    const from = (out.first - 1) * out.blksize;
    const cannotRead = (error: unknown): void => failed(sentenceOf(error));
    try {
      const bytes = file.read(from, Math.min(from + out.blocks * out.blksize, file.size));
      if (bytes instanceof Uint8Array) return sendBlocks(out, bytes);
      bytes.then((read) => (isOut() ? undefined : sendBlocks(out, read)), cannotRead);
    } catch (error) {
      cannotRead(error);
    }
  };
}
