import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { Failure } from '../../src/shell/fail.ts';

const message = z.looseObject({
  QMP: z.unknown().optional(),
  event: z.string().optional(),
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
});
type Message = z.infer<typeof message>;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Failure) => void;
}

/** QEMU's machine protocol. QEMU connects to us, so that there is nothing to wait or poll for. */
export class Qmp {
  readonly #server: Server;
  readonly #waiting = new Map<number, Waiting>();
  readonly #connected = Promise.withResolvers<void>();
  readonly #onEvent: (event: string) => void;
  #socket: Socket | undefined;
  #next = 1;
  #text = '';

  private constructor(onEvent: (event: string) => void) {
    this.#onEvent = onEvent;
    this.#server = createServer((socket) => this.#attach(socket));
    // Nobody may ever ask; a connection that never came is no unhandled rejection then.
    this.#connected.promise.catch(() => undefined);
  }

  static async listen(path: string, onEvent: (event: string) => void): Promise<Qmp> {
    const qmp = new Qmp(onEvent);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    qmp.#server.once('error', reject).listen(path, resolve);
    await promise;
    return qmp;
  }

  /** Resolves when QEMU has carried `command` out; rejects with QEMU's own words. */
  async execute(command: string, values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#connected.promise;
    await this.#send(command, values);
  }

  close(): void {
    const gone = new Failure('the machine ended before it answered', 'See its console in the work folder.');
    this.#connected.reject(gone);
    for (const { reject } of this.#waiting.values()) reject(gone);
    this.#waiting.clear();
    this.#socket?.destroy();
    this.#server.close();
  }

  #send(command: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const id = this.#next++;
    this.#waiting.set(id, { resolve, reject });
    this.#socket?.write(`${JSON.stringify({ execute: command, arguments: values, id })}\n`);
    return promise;
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => {
      const lines = (this.#text + text).split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') this.#take(message.parse(JSON.parse(line)));
    });
  }

  #take(message: Message): void {
    if (message.QMP !== undefined) {
      this.#send('qmp_capabilities', {}).then(this.#connected.resolve, this.#connected.reject);
    }
    if (message.event !== undefined) this.#onEvent(message.event);
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id ?? 0);
    if (message.error === undefined) waiting.resolve();
    else waiting.reject(new Failure(`QEMU refused: ${message.error.desc}`, 'See the console in the work folder.'));
  }
}
