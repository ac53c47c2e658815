import { libc } from './systemCalls.ts';

/** Of sys/socket.h and fcntl.h. */
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
/** How long a call may wait, as a `struct timeval`: a client as fast as the machine makes room in far less. */
const SHORT = timeval(4_000);
/** Node reads only what has arrived; should it ever read more than that while a call waits, it is back at once. */
const SHORTEST = timeval(1);

/**
 * The way of a file to a connection of Node's by sendfile(2), on threads of libuv's pool. It has a descriptor of its own: Node may close
 * its own one at any time, and the system give that number to the next client.
 */
export class Outlet {
  readonly #connection: number;
  readonly #file: number;
  readonly #flags: number;

  /** Undefined where the system has no more descriptors. */
  static of(connection: number, file: number): Outlet | undefined {
    const own = libc().dup(connection);
    return own < 0 ? undefined : new Outlet(own, file);
  }

  private constructor(connection: number, file: number) {
    this.#connection = connection;
    this.#file = file;
    this.#flags = libc().fcntl(connection, F_GETFL, 0);
    libc().setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, SHORT, SHORT.length);
    libc().setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, SHORTEST, SHORTEST.length);
  }

  /**
   * How many bytes from `at` on the system took: fewer than `length`, or none, where the connection had no more room, after
   * waiting for it a little if `patient`, and where it is broken. One call at a time.
   */
  async pass(at: number, length: number, patient: boolean): Promise<number> {
    if (!patient) return this.#send(at, length);
    libc().fcntl(this.#connection, F_SETFL, this.#flags & ~O_NONBLOCK);
    try {
      return await this.#send(at, length);
    } finally {
      libc().fcntl(this.#connection, F_SETFL, this.#flags);
    }
  }

  async #send(at: number, length: number): Promise<number> {
    const offset = Buffer.alloc(8);
    offset.writeBigInt64LE(BigInt(at));
    const { promise, resolve } = Promise.withResolvers<number>();
    libc().sendfile.async(this.#connection, this.#file, offset, length, (error, sent) =>
      resolve(error === null ? Math.max(0, sent) : 0),
    );
    return promise;
  }

  close(): void {
    libc().close(this.#connection);
  }
}

/** Two numbers of 64 bits: seconds and microseconds. */
function timeval(microseconds: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(microseconds), 8);
  return bytes;
}
