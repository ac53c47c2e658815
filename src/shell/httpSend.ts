import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpReply, Part } from '../core/boot/http-reply.ts';
import { Failure } from './fail.ts';
import type { Files } from './files.ts';
import { sendFile, sendPieces } from './httpSendFile.ts';

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
    for (const part of parts) if (!(await sendPart(response, part, files, counts))) return false;
    // A client may close as soon as it has the last byte, before we have said that it was the last.
    if (!response.destroyed) await finished(response);
    return true;
  } finally {
    counts.sending -= 1;
  }
}

/** Whether all of it went out. */
async function sendPart(response: ServerResponse, part: Part, files: Files, counts: Counts): Promise<boolean> {
  const tell = (bytes: number): void => void (counts.bytes += bytes);
  if (part.kind === 'bytes') return sendPieces(response, slicesOf(part.bytes), tell);
  const file = await files.open(part.path);
  if (file === undefined) throw new Failure(`${part.path} is gone`, 'Put the file back.');
  try {
    return await sendFile(response, file, part.from, part.to, tell);
  } finally {
    await file.close();
  }
}
function* slicesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
}

async function finished(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  response.once('finish', done).once('close', done);
  response.end();
  await promise;
}
