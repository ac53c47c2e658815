import koffi from 'koffi';

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

interface Calls {
  create(flags: number): number;
  control(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  wait(epoll: number, events: Uint8Array, most: number, milliseconds: number): number;
  eventfd(value: number, flags: number): number;
}

let loaded: Calls | undefined;

function calls(): Calls {
  if (loaded !== undefined) return loaded;
  const library = koffi.load('libc.so.6');
  loaded = {
    create: library.func('int epoll_create1(int)') as Calls['create'],
    control: library.func('int epoll_ctl(int, int, int, void *)') as Calls['control'],
    wait: library.func('int epoll_wait(int, void *, int, int)') as Calls['wait'],
    eventfd: library.func('int eventfd(unsigned int, int)') as Calls['eventfd'],
  };
  return loaded;
}

/** A descriptor by which one thread wakes another one: eight bytes written to it are an event (eventfd(2)). Below 0: there is none. */
export const makeBell = (): number => calls().eventfd(0, CLOEXEC);

/** Waits for many descriptors at once, where a thread has nothing else to do (epoll(7)). */
export class Epoll {
  readonly #calls = calls();
  readonly #epoll = this.#calls.create(CLOEXEC);
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
    calls().control(this.#epoll, EPOLL_CTL_DEL, descriptor, this.#event);
  }

  /** Of how many descriptors something can be told; after so many milliseconds of none. */
  wait(milliseconds: number): number {
    return Math.max(0, this.#calls.wait(this.#epoll, this.#events, MOST, milliseconds));
  }

  /** One of those, until it is asked again. */
  descriptor(index: number): number {
    return this.#events.readInt32LE(index * BYTES + DATA);
  }

  #add(descriptor: number, events: number): boolean {
    this.#event.writeUInt32LE(events >>> 0, 0);
    this.#event.writeInt32LE(descriptor, DATA);
    return calls().control(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#event) === 0;
  }
}
