import type { IncomingMessage } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import { nodeHttp, nodeHttps } from './builtin.ts';
import { Failure } from './fail.ts';

/** One request to the boot server. */
export interface Asked {
  readonly method: string;
  /** With a leading `/`. */
  readonly path: string;
  readonly body?: string;
  /** From a port that only root can use, by which the server knows who asks. */
  readonly asRoot?: true;
}

/** How the boot server is known: the certificate of its authority, PEM; undefined where none came with the boot. */
export type Authority = () => Promise<string | undefined>;

/** Milliseconds without a byte after which the server counts as away. */
const PATIENCE = 20_000;
/** Ports that only root can use and nothing is commonly served from (rresvport(3) gives these). */
const RESERVED = { from: 600, to: 1023 } as const;

/**
 * The way to the boot server. Over TLS from the moment on that its authority is known, and never plainly after that: a reply
 * says what to do on this host. The connection stays open from one report to the next.
 */
export class SecureClient {
  readonly #server: string;
  readonly #authority: Authority;
  readonly #port: number;
  #known: { readonly ca: string; readonly agent: Agent } | undefined;

  /** `server`: `address`, or `address:port` for its plain port. */
  constructor(server: string, authority: Authority, port = 443) {
    this.#server = server;
    this.#authority = authority;
    this.#port = port;
  }

  /** Whether what is said now goes over TLS. */
  async isSecure(): Promise<boolean> {
    return (await this.#secured()) !== undefined;
  }

  /** The URL of a path, for messages. */
  url(path: string): string {
    return this.#known === undefined ? `http://${this.#server}${path}` : `https://${this.#host}:${this.#port}${path}`;
  }

  /** Fails with a Failure that says where and why. */
  async ask(asked: Asked): Promise<IncomingMessage> {
    const known = await this.#secured();
    for (let tries = 1; ; tries += 1) {
      try {
        return await send(this.url(asked.path), asked, known === undefined ? {} : this.#over(known, asked));
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        if (tries === TRIES) throw error.failure;
      }
    }
  }

  get #host(): string {
    return this.#server.split(':', 1)[0] ?? '';
  }

  async #secured() {
    if (this.#known !== undefined) return this.#known;
    const ca = await this.#authority();
    if (ca === undefined) return undefined;
    const agent = new (nodeHttps().Agent)({ ca, keepAlive: true, maxSockets: 2, minVersion: 'TLSv1.2' });
    return (this.#known = { ca, agent });
  }

  #over({ ca, agent }: { ca: string; agent: Agent }, { asRoot }: Asked): RequestOptions {
    if (asRoot !== true) return { agent };
    const span = RESERVED.to - RESERVED.from + 1;
    this.#last = (this.#last + 1) % span;
    return { agent: false, ca, minVersion: 'TLSv1.2', localPort: RESERVED.from + this.#last };
  }

  /** A port rests for a minute after it was used. */
  #last = process.pid;
}

/**
 * What the next try may be free of: a connection that was kept open turns out to be closed, as by a server that began anew; a
 * port of this host is in use.
 */
class Passing extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const TRIES = 5;

function send(url: string, { method, body }: Asked, options: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const http = url.startsWith('https:') ? nodeHttps() : nodeHttp();
  const request = http.request(url, { method, headers, timeout: PATIENCE, ...options });
  request.on('response', resolve);
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', (error: NodeJS.ErrnoException) => {
    const failure = failureOf(`${method} ${url}`, error);
    const isStale = request.reusedSocket && error.code === 'ECONNRESET';
    reject(isStale || error.code === 'EADDRINUSE' ? new Passing(failure) : failure);
  });
  request.end(body);
  return promise;
}

/** What OpenSSL says of a certificate of another authority, of no authority, and of another address. */
const DISTRUST = /^(SELF_SIGNED_CERT|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME|DEPTH_ZERO)/;

function failureOf(what: string, error: NodeJS.ErrnoException): Failure {
  const remedy = DISTRUST.test(error.code ?? '')
    ? 'What answers there is not the host0 that this host was booted by. If it should be: boot this host again.'
    : 'See whether host0 runs and is reachable.';
  return new Failure(`${what}: ${error.message}`, remedy, 1, error);
}
