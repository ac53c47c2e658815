import { entityReply, type Conditions } from '../../core/boot/http-reply.ts';
import type { Ipv4 } from '../../core/net/ipv4.ts';
import type { HttpOptions, ServeHttp } from '../http.ts';

export interface FakeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const PLAIN: Conditions = { range: undefined, ifRange: undefined, ifNoneMatch: undefined };

/** HTTP without a socket: `serve` takes the server in, `get` and `post` ask it. */
export class FakeHttp {
  #options: HttpOptions | undefined;

  readonly serve: ServeHttp = async (options) => {
    this.#options = options;
    return {
      port: options.port,
      counts: { connections: 0, sending: 0, bytes: 0, brokeOff: 0, answers: new Map() },
      close: async () => {
        this.#options = undefined;
      },
    };
  };

  get(path: string, from: Ipv4, asked: Partial<Conditions> = {}): Promise<FakeReply> {
    return this.#ask('GET', path, from, new Uint8Array(), asked);
  }

  post(path: string, from: Ipv4, body: Uint8Array): Promise<FakeReply> {
    return this.#ask('POST', path, from, body, {});
  }

  async #ask(
    method: string,
    path: string,
    from: Ipv4,
    bytes: Uint8Array,
    asked: Partial<Conditions>,
  ): Promise<FakeReply> {
    if (this.#options === undefined) throw new Error('connection refused');
    const { handler, files } = this.#options;
    const [plain = '', search] = path.split('?');
    const query = new Map(new URLSearchParams(search));
    const body = async (): Promise<Uint8Array> => bytes;
    const answer = await handler({ method, path: plain, query, from, fromPort: 49_152, body });
    if (answer.kind === 'text') return { status: answer.status, headers: {}, body: Buffer.from(answer.body) };
    const reply = entityReply(answer.entity, { ...PLAIN, ...asked });
    const pieces: Uint8Array[] = [];
    for (const part of reply.parts) {
      if (part.kind === 'bytes') pieces.push(part.bytes);
      else for await (const piece of files.stream(part.path, part.from, part.to)) pieces.push(piece);
    }
    if (reply.status === 200) answer.sent?.(reply.length, true);
    return { status: reply.status, headers: reply.headers, body: Buffer.concat(pieces) };
  }
}
