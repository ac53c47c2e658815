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

/** Waits for many descriptors at once, where a thread has nothing else to do (epoll(7)). Each is told of once for every change. */
export class Epoll {
  readonly #epoll = calls().create(CLOEXEC);
  readonly #event = Buffer.alloc(BYTES);
  readonly #events = Buffer.alloc(BYTES * MOST);

  /** Tells when there is room to write, at once where there is some. Whether the system took it. */
  addWriter(descriptor: number): boolean {
    return this.#add(descriptor, EPOLLOUT);
  }

  addReader(descriptor: number): boolean {
    return this.#add(descriptor, EPOLLIN);
  }

  /** Before it is closed: another descriptor of the same file would keep it here. */
  remove(descriptor: number): void {
    calls().control(this.#epoll, EPOLL_CTL_DEL, descriptor, this.#event);
  }

  /** The descriptors of which something can be told, after so many milliseconds none. */
  wait(milliseconds: number): number[] {
    const count = Math.max(0, calls().wait(this.#epoll, this.#events, MOST, milliseconds));
    return Array.from({ length: count }, (_, index) => this.#events.readInt32LE(index * BYTES + DATA));
  }

  #add(descriptor: number, events: number): boolean {
    this.#event.writeUInt32LE((events | EPOLLET) >>> 0, 0);
    this.#event.writeInt32LE(descriptor, DATA);
    return calls().control(this.#epoll, EPOLL_CTL_ADD, descriptor, this.#event) === 0;
  }
}
