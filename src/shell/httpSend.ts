import type { IncomingMessage, ServerResponse } from 'node:http';
import { lengthOf, type HttpReply, type Part } from '../core/boot/http-reply.ts';
import type { Files } from './files.ts';

/** What is counted while an answer goes out. */
interface Counts {
  sending: number;
  bytes: number;
}

/** Bytes handed to the system at once: enough to keep it busy, and all that a client that stalls makes us keep. */
const SLICE = 4 * 2 ** 20;

export function sendText(
  response: ServerResponse,
  message: IncomingMessage,
  { status, type, body }: { status: number; type: string; body: Uint8Array | string },
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(message.method === 'HEAD' ? undefined : bytes);
}

/** Sends an answer with its exact length, never chunked (EDK2 takes no more than 12 MiB so). Whether all of it went out. */
export async function sendReply(
  message: IncomingMessage,
  response: ServerResponse,
  reply: HttpReply,
  files: Files,
  counts: Counts,
): Promise<boolean> {
  const length = reply.status === 304 ? {} : { 'Content-Length': reply.length };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  const parts = message.method === 'GET' ? reply.parts : [];
  counts.sending += 1;
  try {
    let sent = 0;
    for await (const piece of slices(parts, files)) {
      // A piece is there until the next one is asked for, so it has to be out before.
      if (!(await written(response, piece))) return false;
      sent += piece.length;
      counts.bytes += piece.length;
    }
    // A client may close as soon as it has the last byte, before we have said that it was the last.
    if (!response.destroyed) await finished(response);
    return sent === lengthOf(parts);
  } finally {
    counts.sending -= 1;
  }
}

async function* slices(parts: readonly Part[], files: Files): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part.kind === 'file') yield* files.stream(part.path, part.from, part.to);
    else for (let at = 0; at < part.bytes.length; at += SLICE) yield part.bytes.subarray(at, at + SLICE);
  }
}

/** Whether the system took the piece; false when the client went away. */
async function written(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const gone = (): void => resolve(false);
  response.once('close', gone);
  response.write(piece, (error) => resolve(error === null || error === undefined));
  const isOut = await promise;
  response.off('close', gone);
  return isOut;
}

async function finished(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  response.once('finish', done).once('close', done);
  response.end();
  await promise;
}
