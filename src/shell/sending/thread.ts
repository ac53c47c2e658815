import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { machineNow } from '../clock.ts';
import { Connections } from './connections.ts';
import { Epoll } from './epoll.ts';
import type { Order, Told } from './orders.ts';
import { Transfers } from './transfers.ts';

/**
 * A thread that does nothing but send: files in RAM to connections of HTTP, and the transfers of TFTP. Here no client waits for
 * what else the program does, nor does that wait for the kernel, which needs a millisecond for some of these calls.
 */

/** Milliseconds between two looks at the clock while nothing happens; so long does the end of the program take at most. */
const LOOK = 200;

class SendingThread {
  readonly #port: MessagePort;
  readonly #epoll = new Epoll();
  readonly #connections: Connections;
  readonly #transfers: Transfers;

  constructor(port: MessagePort, bell: number) {
    this.#port = port;
    this.#epoll.addReader(bell, 'each change');
    const tell = (told: Told): void => port.postMessage(told);
    this.#connections = new Connections(this.#epoll, tell);
    this.#transfers = new Transfers(this.#epoll, { tell, catchUp: () => this.#catchUp() });
  }

  /** Until all that was ordered is done, what is ordered meanwhile too. */
  obey(order: Order): void {
    this.#take(order);
    while (this.#connections.isBusy || this.#transfers.isBusy) {
      const now = machineNow();
      this.#transfers.turn(now);
      this.#connections.turn();
      if (this.#connections.isBusy || !this.#transfers.hearNext(now)) this.#wait(now);
    }
  }

  #wait(now: number): void {
    const isSoon = this.#connections.isReady || this.#transfers.isNear;
    const count = this.#epoll.wait(isSoon ? 0 : this.#transfers.pause(now, LOOK));
    for (let index = 0; index < count; index += 1) this.#changed(this.#epoll.descriptor(index));
  }

  #changed(descriptor: number): void {
    // All else is the bell.
    if (!this.#transfers.hear(descriptor) && !this.#connections.hasRoom(descriptor)) this.#catchUp();
  }

  /** Takes the orders that have come. */
  #catchUp(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#take(next);
  }

  #next(): Order | undefined {
    // Only `threads.ts` writes to this port.
    return receiveMessageOnPort(this.#port)?.message as Order | undefined;
  }

  #take(order: Order): void {
    switch (order.kind) {
      case 'send':
        return this.#connections.send(order);
      case 'leaveOff':
        return this.#connections.leaveOff(order.id);
      case 'open':
        return this.#transfers.open(order.socket);
      case 'close':
        return this.#transfers.close(order.socket);
      case 'carry':
        return this.#transfers.carry(order, machineNow());
      case 'again':
        return this.#transfers.again(order.id, machineNow());
    }
  }
}

if (parentPort !== null) {
  const thread = new SendingThread(parentPort, (workerData as { bell: number }).bell);
  parentPort.on('message', (order: Order) => thread.obey(order));
}
