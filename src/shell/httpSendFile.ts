import type { ServerResponse } from 'node:http';
import { piecesOf, type OpenFile } from './files.ts';
import { Outlet } from './outlet.ts';
import { Permits } from './permits.ts';

/** Bytes that are read to go out by Node: with them the head of the answer goes, and they tell when there is room again. */
const PIECE = 64 * 1024;
/** Bytes that the kernel is given in one call: about a millisecond of its time. */
const CALL = Number(process.env.CALL ?? 4 * 2 ** 20);
/** Of the four threads of libuv's pool: reading files and looking up names need some as well. */
const permits = new Permits(Number(process.env.SLOTS ?? 2));

/** Told of bytes that went out. */
type Tell = (bytes: number) => void;

/** Sends bytes `from` up to, not including, `to` of a file. Whether all of it went out; Failure where the file is shorter. */
export async function sendFile(
  response: ServerResponse,
  file: OpenFile,
  from: number,
  to: number,
  tell: Tell,
): Promise<boolean> {
  const outlet = outletOf(response, file);
  if (outlet === undefined) return sendPieces(response, piecesOf(file, from, to), tell);
  try {
    return await sendFromRam({ response, file, outlet, to, tell }, from);
  } finally {
    outlet.close();
  }
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
  readonly outlet: Outlet;
  /** The byte behind the last one. */
  readonly to: number;
  readonly tell: Tell;
}

/**
 * What lies in RAM goes from there to the card without a copy in this program. Each time the connection takes no more, a piece is
 * written by Node, which waits until there is room and notices a client that is gone or stands still.
 */
async function sendFromRam(sending: Sending, from: number): Promise<boolean> {
  const { response, file, to, tell } = sending;
  let room: Uint8Array | undefined;
  for (let at = from; at < to;) {
    const piece = await file.read(at, Math.min(at + PIECE, to), room);
    room ??= piece;
    if (!(await written(response, piece))) return false;
    tell(piece.length);
    at = await passWhileThereIsRoom(sending, at + piece.length);
  }
  return true;
}

/** Up to which byte the connection took the file. */
async function passWhileThereIsRoom(sending: Sending, from: number): Promise<number> {
  for (let at = from; at < sending.to;) {
    const wanted = Math.min(CALL, sending.to - at);
    const taken = await pass(sending, at, wanted);
    sending.tell(taken);
    at += taken;
    if (taken < wanted) return at;
  }
  return sending.to;
}

/** How many bytes the kernel took: none where Node is to find out what is wrong. */
async function pass({ response, outlet }: Sending, at: number, length: number): Promise<number> {
  await permits.take();
  try {
    const { socket } = response;
    if (socket === null || socket.destroyed || socket.writableLength > 0) return 0;
    // Node takes a connection for still on which it did not send anything itself.
    socket.setTimeout(socket.timeout ?? 0);
    // Waiting for this one's room would keep others waiting that have some.
    return await outlet.pass(at, length, !permits.isWanted);
  } finally {
    permits.give();
  }
}

function outletOf(response: ServerResponse, { inRam }: OpenFile): Outlet | undefined {
  const connection = descriptorOf(response);
  return inRam === undefined || connection === undefined ? undefined : Outlet.of(connection, inRam);
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
