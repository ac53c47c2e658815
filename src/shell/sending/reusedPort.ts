import koffi from 'koffi';
import { Failure } from '../fail.ts';
import type { Ipv4 } from '../../core/net/ipv4.ts';
import { NAME } from '../messageVector.ts';
import { bindTo, setLongestWait, setOption, SO, udpSocket } from '../sockets.ts';
import { errnoName, libc } from '../systemCalls.ts';

/** Sockets of one port, a thread's each. */
export interface ReusedPort {
  readonly sockets: readonly number[];
  /** Whether the windows of many clients find room in them. */
  readonly isLarge: boolean;
}

/** Bytes: a window for each client (the kernel counts some 2,300 for a datagram), and an ACK from each, several times. */
const SEND_BUFFER = 8 * 2 ** 20;
const RECEIVE_BUFFER = 2 ** 20;

/** Milliseconds that a call waits at most that is to wait. */
const WAIT = 4;

/**
 * Opens a port, which the system chooses, by so many sockets. Each gets what is received on its processor
 * (socket(7), SO_REUSEPORT), so that a client is answered where what it sent came in: one on this machine, or one behind a
 * queue of the card. Throws Failure where the system refuses.
 */
export function openReusedPort(address: Ipv4, count: number): ReusedPort {
  const sockets: number[] = [];
  try {
    for (let port = 0; sockets.length < count; port = portOf(sockets[0] ?? -1)) sockets.push(opened(address, port));
  } catch (error) {
    for (const socket of sockets) libc().close(socket);
    throw error;
  }
  spread(sockets[0] ?? -1, count);
  return { sockets, isLarge: sockets.map(makeLarge).every(Boolean) };
}

function opened(address: Ipv4, port: number): number {
  const socket = udpSocket('waits');
  if (
    socket >= 0 &&
    setOption(socket, SO.reusePort, 1) &&
    setLongestWait(socket, WAIT) &&
    bindTo(socket, { address, port })
  )
    return socket;
  const why = errnoName();
  if (socket >= 0) libc().close(socket);
  throw new Failure(`UDP port ${port} of ${address} cannot be opened: ${why}`, 'Is the address there?');
}

function portOf(socket: number): number {
  const [name, length] = [Buffer.alloc(NAME.size), Buffer.alloc(4)];
  length.writeInt32LE(NAME.size);
  libc().getsockname(socket, name, length);
  return name.readUInt16BE(NAME.port);
}

const makeLarge = (socket: number): boolean =>
  setOption(socket, SO.sendBufferForce, SEND_BUFFER) && setOption(socket, SO.receiveBufferForce, RECEIVE_BUFFER);

/** `struct sock_filter { u16 code; u8 jt; u8 jf; u32 k }` (<linux/filter.h>): loads, divides, returns. */
const FILTER = 8;
const [LOAD, MODULO, RETURN] = [0x20, 0x94, 0x16];
/** Where a filter finds the number of the processor: SKF_AD_OFF + SKF_AD_CPU. */
const PROCESSOR = 0xffff_f000 + 36;

/** The number of the processor, modulo so many, chooses the socket. Where that is refused the system spreads clients by their addresses. */
function spread(socket: number, count: number): void {
  const filter = Buffer.alloc(3 * FILTER);
  for (const [at, code, value] of [
    [0, LOAD, PROCESSOR],
    [1, MODULO, count],
    [2, RETURN, 0],
  ] as const) {
    filter.writeUInt16LE(code, at * FILTER);
    filter.writeUInt32LE(value, at * FILTER + 4);
  }
  // struct sock_fprog: how many, and where; padded for the pointer.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(3, 0);
  program.writeBigUInt64LE(koffi.address(filter), 8);
  setOption(socket, SO.filterReused, program);
}
