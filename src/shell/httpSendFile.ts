import type { ServerResponse } from 'node:http';
import { piecesOf, type OpenFile } from './files.ts';
import { libc } from './systemCalls.ts';
import { Turns } from './turns.ts';

/** Bytes that are read to go out by Node: with them the head of the answer goes, and they tell when there is room again. */
const PIECE = 64 * 1024;
/** Bytes that the kernel is given in one call: about half a millisecond of its time. */
const CALL = 2 * 2 ** 20;
/**
 * Milliseconds that an answer goes on before others have their turn. Much to one client at once costs least: it is woken
 * less often, and finds more when it is.
 */
const TURN = 1;

/** Of all answers together: what is no answer waits for one of them at most (docs/decisions, held files). */
const turns = new Turns();

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
    : sendFromRam(response, file, file.inRam, from, to, tell);
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

/**
 * What lies in RAM goes from there to the card without a copy in this program (sendfile(2)). Each time the connection takes
 * no more, a piece is written by Node, which waits until there is room and notices a client that is gone or stands still.
 */
async function sendFromRam(
  response: ServerResponse,
  file: OpenFile,
  descriptor: number,
  from: number,
  to: number,
  tell: Tell,
): Promise<boolean> {
  let room: Uint8Array | undefined;
  for (let at = from; at < to;) {
    const piece = await file.read(at, Math.min(at + PIECE, to), room);
    room ??= piece;
    if (!(await written(response, piece))) return false;
    tell(piece.length);
    at += piece.length;
    for (let isFull = false; !isFull && at < to;) {
      await turns.take();
      const sent = passOnForATurn(response, descriptor, at, to);
      tell(sent.bytes);
      at += sent.bytes;
      isFull = sent.isFull;
    }
  }
  return true;
}

/** Gives the kernel bytes `from` up to `to`, until the connection is full or the turn is over. */
function passOnForATurn(
  response: ServerResponse,
  file: number,
  from: number,
  to: number,
): { readonly bytes: number; readonly isFull: boolean } {
  const until = performance.now() + TURN;
  let at = from;
  do {
    const wanted = Math.min(CALL, to - at);
    const taken = passOn(response, file, at, wanted);
    at += taken;
    if (taken < wanted) return { bytes: at - from, isFull: true };
  } while (at < to && performance.now() < until);
  return { bytes: at - from, isFull: false };
}

const offset = Buffer.alloc(8);

/** How many bytes the kernel took: none where the connection has no room, or where Node is to find out what is wrong. */
function passOn(response: ServerResponse, file: number, at: number, length: number): number {
  const socket = descriptorOf(response);
  if (socket === undefined || (response.socket?.writableLength ?? 0) > 0) return 0;
  offset.writeBigInt64LE(BigInt(at));
  return Math.max(0, libc().sendfile(socket, file, offset, length));
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
