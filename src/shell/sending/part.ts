import { DATA_HEADER, writeBlocks, type Run } from '../../core/tftp/blocks.ts';
import { deadlineIn, hasEnded, isUnderWay, meanIn, runAhead, runBehind, takeWhole } from '../../core/tftp/record.ts';
import {
  isOver,
  startTransfer,
  transferStep,
  type Transfer,
  type TransferEvent,
  type TransferOut,
  type TransferStep,
} from '../../core/tftp/transfer.ts';
import { sentenceOf } from '../fail.ts';
import { lineTo, type Line, type RunOutbox } from '../runOutbox.ts';
import { Ahead } from './ahead.ts';
import type { CarryOrder, Told } from './orders.ts';
import { SharedTransfer } from './sharedTransfer.ts';
import { copierOf, type Copy } from './source.ts';

/**
 * Milliseconds that the other threads leave to the one that is to repeat what a client does not answer. It may be in a long
 * call, or have ended.
 */
const LATE = 100;

/** Milliseconds that a client must take to answer, so that it is worth while to write ahead. */
const LEAST_REST = 0.8;

/** Where a part puts what is to be sent. */
type Outlet = Pick<RunOutbox, 'data' | 'place' | 'room' | 'add' | 'addFrom'>;

const NOTHING: Copy = () => undefined;

/** One thread's part in a transfer: it goes on with it whenever it is this thread that hears the client. */
export class Part {
  readonly id: number;
  readonly key: number;
  /** When this thread noticed that the transfer was over. */
  overAt: number | undefined;
  readonly #socket: number;
  readonly #late: number;
  readonly #line: Line;
  readonly #shared: SharedTransfer;
  readonly #outbox: Outlet;
  readonly #tell: (told: Told) => void;
  readonly #ahead = new Ahead();
  #copy: Copy;
  readonly #put = (at: number, from: number, to: number): void => this.#copy(this.#outbox.data, at, from, to);

  constructor(order: CarryOrder, outbox: Outlet, tell: (told: Told) => void) {
    [this.id, this.key, this.#socket] = [order.id, order.key, order.socket];
    this.#late = order.isMine ? 0 : LATE;
    this.#line = lineTo(order.address, true);
    this.#shared = new SharedTransfer(order.memory, order.lasting);
    [this.#outbox, this.#tell] = [outbox, tell];
    this.#copy = copierOf(order.source, order.lasting.size);
  }

  /** When it is to be looked at again, where nothing is heard until then. */
  due(now: number): number {
    const { record } = this.#shared;
    // What has not begun, or is over, has nothing to repeat.
    return isUnderWay(record) ? Math.max(now, deadlineIn(record) + this.#late) : Infinity;
  }

  begin(now: number): void {
    const { size, terms, rollover } = this.#shared.lasting;
    this.#alone(() =>
      this.#shared.state === undefined ? this.#take(startTransfer(size, terms, now, rollover), now) : undefined,
    );
  }

  feed(event: TransferEvent, now: number): void {
    this.#alone(() => this.#step(event, now));
  }

  /** As `feed`, for what is fed most. */
  ack(block: number, now: number): void {
    const { record, lasting } = this.#shared;
    if (this.overAt !== undefined || !this.#shared.lock()) return;
    let ended: Transfer | undefined;
    try {
      ended = takeWhole(record, lasting, block, now)
        ? this.#send(runBehind(record, lasting), now)
        : this.#step({ kind: 'ack', block }, now);
    } finally {
      this.#shared.unlock();
    }
    this.#tellEnd(ended);
  }

  /** Repeats what is due; notices that another thread ended it. */
  look(now: number): void {
    if (hasEnded(this.#shared.record)) this.#leave(now);
    else if (now >= this.due(now)) this.feed({ kind: 'timeout' }, now);
  }

  /** Whether there is time to write ahead until the client answers. */
  get rests(): boolean {
    return meanIn(this.#shared.record) >= LEAST_REST;
  }

  /** Writes what the next ACK will ask for, if nothing is lost. Only when all that was said has been sent. */
  writeAhead(): void {
    const { record, lasting } = this.#shared;
    if (this.overAt !== undefined || !isUnderWay(record)) return;
    try {
      this.#ahead.write(runAhead(record, lasting), lasting.size, this.#copy);
    } catch {
      // Whoever is to send it finds out, too, and then it is told.
    }
  }

  /** What it reads from may go. */
  #leave(now: number): void {
    this.overAt ??= now;
    this.#copy = NOTHING;
    this.#ahead.forget();
  }

  /** Does something that no other thread must do at the same time. Where that cannot be, what came is lost, as on the network. */
  #alone(what: () => Transfer | undefined): void {
    if (this.overAt !== undefined || !this.#shared.lock()) return;
    let ended: Transfer | undefined;
    try {
      ended = what();
    } finally {
      this.#shared.unlock();
    }
    this.#tellEnd(ended);
  }

  #tellEnd(ended: Transfer | undefined): void {
    if (ended !== undefined) this.#tell({ kind: 'carried', id: this.id, why: ended.why });
  }

  /** Gives the transfer where this ended it. */
  #step(event: TransferEvent, now: number): Transfer | undefined {
    const { state } = this.#shared;
    return state === undefined || isOver(state) ? undefined : this.#take(transferStep(state, event, now), now);
  }

  #take({ state, out }: TransferStep, now: number): Transfer | undefined {
    this.#shared.state = state;
    return this.#send(out, now) ?? (isOver(state) ? state : undefined);
  }

  /** Gives the transfer where what was to be sent cannot be read, and it ended so. */
  #send(out: TransferOut, now: number): Transfer | undefined {
    if (out === undefined) return undefined;
    if (out instanceof Uint8Array) return this.#sendBytes(out);
    try {
      this.#sendRun(out);
      return undefined;
    } catch (error) {
      return this.#step({ kind: 'unreadable', why: sentenceOf(error) }, now);
    }
  }

  #sendBytes(bytes: Uint8Array): undefined {
    this.#outbox.room(bytes.length).set(bytes);
    this.#outbox.add(this.#socket, this.#line, bytes.length, bytes.length);
  }

  #sendRun(run: Run): void {
    const size = DATA_HEADER + run.blksize;
    const { memory, length: written } = this.#ahead;
    if (memory !== undefined && this.#ahead.holds(run))
      return this.#outbox.addFrom(memory, this.#socket, this.#line, written, size);
    const start = this.#outbox.place(run.blocks * size);
    const length = writeBlocks(this.#outbox.data, start, run, this.#shared.lasting.size, this.#put);
    this.#outbox.add(this.#socket, this.#line, length, size);
  }
}
