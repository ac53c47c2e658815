import { libc } from '../systemCalls.ts';

/** Of sys/epoll.h. Errors and hang-ups are always told. */
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
const EPOLLET = 0x8000_0000;
const CLOEXEC = 0o2000000;
/** `struct epoll_event`: events, then 64 bits of ours; only on x86-64 there is no gap between them. */
const [BYTES, DATA] = process.arch === 'x64' ? ([12, 4] as const) : ([16, 8] as const);
/** What one call tells at most. */
const MOST = 64;

/** A descriptor by which one thread wakes another one: eight bytes written to it are an event (eventfd(2)). Below 0: there is none. */
export const makeBell = (): number => libc().eventfd(0, CLOEXEC);

/** Waits for many descriptors at once, where a thread has nothing else to do (epoll(7)). */
export class Epoll {
  readonly #epoll = libc().epoll_create1(CLOEXEC);
  readonly #event = Buffer.alloc(BYTES);
  readonly #events = Buffer.alloc(BYTES * MOST);

  /** Tells once when there is room to write, at once where there is some, and again after it was full. Whether the system took it. */
  addWriter(descriptor: number): boolean {
    return this.#add(descriptor, EPOLLOUT | EPOLLET);
  }

  /** Tells of each change once, or for as long as there is something to read. Whether the system took it. */
  addReader(descriptor: number, when: 'each change' | 'while there is'): boolean {
    return this.#add(descriptor, when === 'each change' ? EPOLLIN | EPOLLET : EPOLLIN);
  }

  /** Before it is closed: another descriptor of the same file would keep it here. */
  remove(descriptor: number): void {
    libc().epoll_ctl(this.#epoll, EPOLL_CTL_DEL, descriptor, this.#event);
  }

  /** Of how many descriptors something can be told; after so many milliseconds of none. */
  wait(milliseconds: number): number {
    return Math.max(0, libc().epoll_wait(this.#epoll, this.#events, MOST, milliseconds));
  }

  /** One of those, until it is asked again. */
  descriptor(index: number): number {
    return this.#events.readInt32LE(index * BYTES + DATA);
  }

  #add(descriptor: number, events: number): boolean {
    this.#event.writeUInt32LE(events >>> 0, 0);
    this.#event.writeInt32LE(descriptor, DATA);
    return libc().epoll_ctl(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#event) === 0;
  }
}
