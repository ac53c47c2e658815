import type { Ipv4 } from '../../core/net/ipv4.ts';
import type { Lasting } from '../../core/tftp/record.ts';
import { isOver, isUnanswered, startTransfer, type Transfer } from '../../core/tftp/transfer.ts';
import { endpointKey } from '../messageVector.ts';
import { encodeAddress } from '../sockets.ts';
import type { Endpoint } from '../udp.ts';
import type { Source } from './orders.ts';
import { SharedTransfer, transferMemory } from './sharedTransfer.ts';
import { allThreads, newId } from './threads.ts';
import { TransferPort } from './transferPort.ts';

/** A transfer that the sending threads are to carry out. */
interface Carriage {
  /** The address that it is sent from. */
  readonly from: Ipv4;
  readonly to: Endpoint;
  readonly lasting: Lasting;
  /** Stays as it is until the transfer has ended. */
  readonly source: Source;
}

/** One that they carry out. */
export interface Carried {
  /** How it ended; why, where it failed. */
  readonly end: Promise<Transfer>;
  /** The client asked for it again. */
  again(): void;
  leaveOff(why: string): void;
  /** Whether what was granted was repeated in vain. */
  isUnanswered(): boolean;
}

/** Undefined where no threads are there: not yet, or not on this machine. */
export type Carry = (carriage: Carriage) => Carried | undefined;

/** What finds no place in these is sent in another way: a client that asks from one port again and again needs one each time. */
const MOST_PORTS = 16;

let ports: readonly TransferPort[] = [];

export const carry: Carry = (carriage) => {
  const port = portFor(carriage);
  return port === undefined ? undefined : carryBy(port, carriage);
};

function portFor({ from, to }: Carriage): TransferPort | undefined {
  const threads = allThreads();
  if (threads.length === 0) return undefined;
  const [client, now] = [endpointKey(to), performance.now()];
  const known = ports.find((port) => port.address === from && port.suits(client, now));
  if (known !== undefined || ports.length >= MOST_PORTS) return known;
  try {
    const port = new TransferPort(from, threads);
    ports = [...ports, port];
    return port;
  } catch {
    // Whoever sends it in another way is told what is wrong.
    return undefined;
  }
}

function carryBy(port: TransferPort, { to, lasting, source }: Carriage): Carried {
  const [id, key, memory] = [newId(), endpointKey(to), transferMemory()];
  const shared = new SharedTransfer(memory, lasting);
  const { promise, resolve } = Promise.withResolvers<Transfer>();
  const threads = port.join(key);
  const all = new Set(threads.map(([thread]) => thread));
  const finish = (why: string | undefined): void => {
    if (all.size === 0) return;
    for (const thread of all) thread.forget(id);
    all.clear();
    port.leave(key, performance.now(), () => (ports = ports.filter((other) => other !== port)));
    resolve(ended(shared, why));
  };
  threads.forEach(([thread, socket], index) => {
    thread.hear(id, (told) => {
      if (told?.kind === 'carried') finish(told.why);
      else if (told === undefined && (all.size === 1 || !isFree(shared))) finish('a thread that sent it has ended');
      else if (told === undefined) all.delete(thread);
    });
    // Who begins is told last: an answer may be heard by any of them.
    const isMine = index === threads.length - 1;
    thread.order({ kind: 'carry', id, socket, key, address: encodeAddress(to), memory, lasting, source, isMine });
  });
  return {
    end: promise,
    again: () => [...all].at(-1)?.order({ kind: 'again', id }),
    leaveOff(why) {
      stop(shared);
      finish(why);
    },
    isUnanswered() {
      const { state } = shared;
      return state !== undefined && isUnanswered(state);
    },
  };
}

/** Whether the others can go on: the thread did not end with it in hand. */
function isFree(shared: SharedTransfer): boolean {
  const isLocked = shared.lock();
  if (isLocked) shared.unlock();
  return isLocked;
}

/** Where it has not begun, it does not begin any more. */
function stop(shared: SharedTransfer): void {
  const isLocked = shared.lock();
  shared.state = failed(shared);
  if (isLocked) shared.unlock();
}

function ended(shared: SharedTransfer, why: string | undefined): Transfer {
  const { state } = shared;
  return { ...(state !== undefined && isOver(state) ? state : failed(shared)), why };
}

function failed({ state, lasting: { size, terms, rollover } }: SharedTransfer): Transfer {
  return { ...(state ?? startTransfer(size, terms, 0, rollover).state), phase: 'failed' };
}
