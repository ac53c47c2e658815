import { createSocket, type Socket } from 'node:dgram';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { datagramLibc, decodeAddress, encodeAddress, SO, type DatagramLibc } from './libc.ts';
import type { Endpoint, UdpPort } from './udp.ts';

/**
 * Ports for transfers, which send and receive by libc itself. Node's own send makes an object for each datagram and its
 * receive three calls to the system; TFTP in lock-step is nothing but those. So a run of datagrams goes out by one call, which
 * the kernel cuts up (UDP_SEGMENT, udp(7)), and once something has come in through Node, what comes next is fetched directly
 * for as long as there is something. Node's event loop still wakes us, so nothing here blocks it for longer than BUDGET.
 */

/** Milliseconds that are spent at most until other events have their turn. */
const BUDGET = 2;
/**
 * Milliseconds. A client that answers faster than `NEAR` is waited for, for as long as `WAIT`, instead of asking the event loop
 * anew for each of its ACKs. Only one on this machine does. On a busy machine even that one is late at times: only after
 * so many waits in vain in a row it counts as far.
 */
const NEAR = 0.2;
const WAIT = 0.1;
const MOST_VAIN = 8;
/** The most that the kernel cuts up at once: datagrams, and bytes of an IP packet. */
const MOST_SEGMENTS = 64;
const MOST_BYTES = 65_000;
const LARGEST_DATAGRAM = 65_536;

interface Transfer {
  readonly fd: number;
  readonly handlers: ((bytes: Uint8Array, from: Endpoint) => void)[];
  /** When something was sent last. */
  sentAt: number;
  /** Waits in vain that it still has; none for a client that is far. */
  near: number;
  /** Who sent last, as bytes in a number and as what handlers are given. */
  fromNumber: number;
  from: Endpoint | undefined;
}

const POLLFD = 8;
const POLLIN = 1;
const EAGAIN = 11;

/** All ports of transfers of this program. */
class TransferPorts {
  readonly #libc: DatagramLibc;
  readonly #open: Transfer[] = [];
  readonly #inbox = Buffer.alloc(LARGEST_DATAGRAM);
  readonly #address = Buffer.alloc(16);
  readonly #addressLength = Buffer.alloc(4);
  /** struct timespec of the wait for somebody near; and of none. */
  readonly #wait = Buffer.alloc(16);
  readonly #none = Buffer.alloc(16);
  #polled = Buffer.alloc(POLLFD * 64);
  #isBusy = false;

  constructor(libc: DatagramLibc) {
    this.#libc = libc;
    this.#addressLength.writeUInt32LE(16);
    this.#wait.writeBigInt64LE(BigInt(WAIT * 1e6), 8);
  }

  async open(address: Ipv4 | undefined): Promise<UdpPort> {
    const fd = this.#libc.open(address);
    const socket = createSocket({ type: 'udp4' });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('error', reject).once('listening', resolve);
    socket.bind({ fd });
    await promise;
    const transfer: Transfer = { fd, handlers: [], sentAt: 0, near: 0, fromNumber: -1, from: undefined };
    this.#open.push(transfer);
    this.#list();
    return this.#portOf(socket, transfer);
  }

  #portOf(socket: Socket, transfer: Transfer): UdpPort {
    let isOpen = true;
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.on('message', (bytes, from) => {
      if (performance.now() - transfer.sentAt < NEAR) transfer.near = MOST_VAIN;
      hear(transfer, bytes, { address: from.address as Ipv4, port: from.port });
      this.#fetch();
    });
    const sendRun = runSender(this.#libc, transfer);
    return {
      port: socket.address().port,
      // The number of a closed socket may be that of another one already.
      send: (bytes, to) => isOpen && sendRun(bytes, bytes.length, bytes.length, to),
      sendRun: (bytes, length, size, to) => isOpen && sendRun(bytes, length, size, to),
      receive: (handler) => void transfer.handlers.push(handler),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#open.splice(this.#open.indexOf(transfer), 1);
        this.#list();
        socket.close();
      },
    };
  }

  /** Writes the list that ppoll(2) asks for. */
  #list(): void {
    if (this.#open.length * POLLFD > this.#polled.length) this.#polled = Buffer.alloc(this.#polled.length * 2);
    this.#open.forEach(({ fd }, index) => {
      this.#polled.writeInt32LE(fd, index * POLLFD);
      this.#polled.writeInt16LE(POLLIN, index * POLLFD + 4);
    });
  }

  /** Takes what has come for any transfer, and what comes in answer to what is then sent. */
  #fetch(): void {
    // A handler may send, never fetch.
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const until = performance.now() + BUDGET;
      while (this.#round() && performance.now() < until);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Whether something was there. */
  #round(): boolean {
    const isNear = this.#open.some(({ near }) => near > 0);
    const ready = this.#libc.ppoll(this.#polled, this.#open.length, isNear ? this.#wait : this.#none, null);
    if (ready <= 0) {
      if (isNear) for (const transfer of this.#open) transfer.near = Math.max(0, transfer.near - 1);
      return false;
    }
    // A handler may close its port, which moves the others: from the last to the first, none is passed over.
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const transfer = this.#open[index];
      if (transfer !== undefined && this.#polled[index * POLLFD + 6] !== 0) this.#take(transfer);
    }
    return true;
  }

  #take(transfer: Transfer): void {
    const [inbox, address, length] = [this.#inbox, this.#address, this.#addressLength];
    const size = this.#libc.recvfrom(transfer.fd, inbox, inbox.length, 0, address, length);
    if (size < 0) return;
    const number = address.readUInt16BE(2) * 2 ** 32 + address.readUInt32BE(4);
    if (number !== transfer.fromNumber) transfer.from = undefined;
    transfer.fromNumber = number;
    if (transfer.near > 0) transfer.near = MOST_VAIN;
    hear(transfer, inbox.subarray(0, size), (transfer.from ??= decodeAddress(address)));
  }
}

function hear({ handlers }: Transfer, bytes: Uint8Array, from: Endpoint): void {
  for (const handler of handlers) handler(bytes, from);
}

type SendRun = (bytes: Uint8Array, length: number, size: number, to: Endpoint) => void;

/** Sends by the fewest calls the system takes it in. */
function runSender(libc: DatagramLibc, transfer: Transfer): SendRun {
  let segment = 0;
  let mayCut = true;
  let [peer, address]: [Endpoint | undefined, Buffer] = [undefined, Buffer.alloc(0)];
  const sendOne = (bytes: Uint8Array, length: number): number =>
    libc.sendto(transfer.fd, bytes, length, 0, address, 16);
  const cut = (size: number): boolean => {
    if (segment !== size && mayCut) mayCut = libc.set(transfer.fd, SO.udp, SO.segment, size);
    if (mayCut) segment = size;
    return mayCut;
  };
  return (bytes, length, size, to) => {
    if (to !== peer) [peer, address] = [to, encodeAddress(to)];
    transfer.sentAt = performance.now();
    const atOnce = length <= size ? 1 : Math.min(MOST_SEGMENTS, Math.floor(MOST_BYTES / size));
    // What is not to be cut must be no longer than what would be.
    if (length <= size ? segment !== 0 && length > segment && !cut(0) : !cut(size))
      return sendSingly(bytes, length, size);
    for (let at = 0; at < length; at += atOnce * size) {
      const end = Math.min(at + atOnce * size, length);
      const sent = sendOne(at === 0 ? bytes : bytes.subarray(at), end - at);
      // A card that cannot add check sums refuses (EIO), a path that carries less than it seemed to, too (EINVAL).
      if (sent < 0 && libc.errno() !== EAGAIN && end - at > size) {
        cut(0);
        mayCut = false;
        return sendSingly(bytes.subarray(at), length - at, size);
      }
    }
  };
  function sendSingly(bytes: Uint8Array, length: number, size: number): void {
    for (let at = 0; at < length; at += size) sendOne(bytes.subarray(at), Math.min(size, length - at));
  }
}

let ports: TransferPorts | undefined;

/** Opens a port for a transfer, on an address or on all. Throws where libc cannot be had. */
export function openTransferPort(address: Ipv4 | undefined): Promise<UdpPort> {
  ports ??= new TransferPorts(datagramLibc());
  return ports.open(address);
}
