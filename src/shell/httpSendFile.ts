import type { ServerResponse } from 'node:http';
import { piecesOf, type OpenFile } from './files.ts';
import type { SendOrder } from './sending/orders.ts';
import { freeThread, newId, type Thread } from './sending/threads.ts';
import { libc } from './systemCalls.ts';

/** Bytes that are read to go out by Node: with them the head of the answer goes, and they tell when there is room again. */
const PIECE = 64 * 1024;
/** For less than this it does not pay to tell a thread. */
const LEAST = 2 ** 20;

/** Told of bytes that went out. */
type Tell = (bytes: number) => void;

/** Sends bytes `from` up to, not including, `to` of a file. Whether all of it went out; Failure where the file is shorter. */
export function sendFile(
  response: ServerResponse,
  file: OpenFile,
  from: number,
  to: number,
  tell: Tell,
): Promise<boolean> {
  return file.inRam === undefined || descriptorOf(response) === undefined
    ? sendPieces(response, piecesOf(file, from, to), tell)
    : sendFromRam({ response, file, tell }, from, to);
}

/** A piece is there until the next one is asked for, so it has to be out before. */
export async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  tell: Tell,
): Promise<boolean> {
  for await (const piece of pieces) {
    if (!(await written(response, piece))) return false;
    tell(piece.length);
  }
  return true;
}

/** A file in RAM on its way to a connection. */
interface Sending {
  readonly response: ServerResponse;
  readonly file: OpenFile;
  readonly tell: Tell;
}

/**
 * What lies in RAM goes from there to the card without a copy in this program, by a thread of its own. The first piece is written by
 * Node, behind the head, and so is what the thread could not send: Node finds out what is wrong.
 */
async function sendFromRam(sending: Sending, from: number, to: number): Promise<boolean> {
  const { response, file, tell } = sending;
  let room: Uint8Array | undefined;
  for (let at = from; at < to;) {
    const piece = await file.read(at, Math.min(at + PIECE, to), room);
    room ??= piece;
    if (!(await written(response, piece))) return false;
    tell(piece.length);
    const sent = await passOn(sending, at + piece.length, to);
    if (sent === undefined) return false;
    at = sent;
  }
  return true;
}

/** Up to which byte a thread sent the file; undefined where that is not known, and the connection broken off. */
async function passOn({ response, file, tell }: Sending, from: number, to: number): Promise<number | undefined> {
  const thread = to - from < LEAST ? undefined : freeThread();
  const connection = descriptorOf(response);
  if (thread === undefined || connection === undefined || file.inRam === undefined) return from;
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  // Of our own: Node may close its own one at any time, and the system give that number to the next client.
  const own = libc().dup(connection);
  if (own < 0) return from;
  response.once('close', leave);
  let last = from;
  const told = (at: number): void => {
    tell(at - last);
    last = at;
    // Node takes a connection for still on which it did not send anything itself.
    response.socket?.setTimeout(response.socket.timeout ?? 0);
  };
  const at = await sendBy(
    thread,
    { connection: own, file: file.inRam, at: from, to },
    { told, leaveOff: leaving.signal },
  );
  response.off('close', leave);
  libc().close(own);
  if (at === undefined) response.destroy();
  return at;
}

interface Watch {
  /** Told each second, and at the end, up to which byte all went out. */
  readonly told: (at: number) => void;
  /** Ends it early. */
  readonly leaveOff: AbortSignal;
}

/** Up to which byte all went out; undefined where the thread itself ended, and nobody knows. */
async function sendBy(
  thread: Thread,
  wanted: Omit<SendOrder, 'id' | 'kind'>,
  { told, leaveOff }: Watch,
): Promise<number | undefined> {
  const id = newId();
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const leave = (): void => thread.order({ kind: 'leaveOff', id });
  thread.hear(id, (progress) => {
    if (progress?.kind !== 'sent') return resolve(undefined);
    told(progress.at);
    if (progress.over) resolve(progress.at);
  });
  thread.order({ kind: 'send', id, ...wanted });
  leaveOff.addEventListener('abort', leave);
  const at = await promise;
  leaveOff.removeEventListener('abort', leave);
  thread.forget(id);
  return at;
}

/** The descriptor of a connection that is not encrypted; Node has it, and no public name for it. */
function descriptorOf({ socket }: ServerResponse): number | undefined {
  if (socket === null || socket.destroyed || 'encrypted' in socket) return undefined;
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  const fd = handle?.fd ?? -1;
  return fd < 0 ? undefined : fd;
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
