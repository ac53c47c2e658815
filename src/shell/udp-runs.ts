import type { Ipv4 } from '../core/net/ipv4.ts';
import { datagramLibc, encodeAddress, type DatagramLibc } from './libc.ts';
import { endpointKey, MessageVector } from './messageVector.ts';
import { RunOutbox, type Line } from './runOutbox.ts';
import { SharedPort, type Party } from './sharedPort.ts';
import type { Endpoint, UdpPort } from './udp.ts';

/**
 * Ports for transfers, which send and receive by libc itself. Node's own send makes an object for each datagram and its
 * receive three calls to the system; TFTP in lock-step is nothing but those. So transfers share a socket: once something has
 * come in through Node, the rest, of all peers, is fetched by one call for as long as there is something, and what is sent to
 * all of them in answer goes out by one call. Node's event loop still wakes us, so nothing here blocks it for longer than BUDGET.
 */

/** Milliseconds that are spent at most until other events have their turn. */
const BUDGET = 2;
/**
 * Milliseconds. Once a peer answers faster than `NEAR`, it is waited for, for as long as `WAIT`, instead of asking the event
 * loop anew for each of its ACKs. Only one on this machine does. On a busy machine even that one is late at times: only after
 * so many waits in vain in a row it counts as far.
 */
const NEAR = 0.2;
const WAIT = 0.1;
const MOST_VAIN = 8;

/** struct pollfd (poll(2)): `{ int fd; short events; short revents }`. */
const POLLFD = 8;
const POLLIN = 1;

/** All ports of transfers of this program. */
class TransferPorts {
  readonly #libc: DatagramLibc;
  readonly #outbox: RunOutbox;
  readonly #inbox = new MessageVector();
  /** struct timespec of the wait for somebody near. */
  readonly #wait = Buffer.alloc(16);
  #ports: readonly SharedPort[] = [];
  #polled = Buffer.alloc(0);
  /** Waits in vain that are left; none where nobody is near. */
  #near = 0;
  #isBusy = false;

  constructor(libc: DatagramLibc) {
    this.#libc = libc;
    this.#outbox = new RunOutbox(libc);
    this.#wait.writeBigInt64LE(BigInt(WAIT * 1e6), 8);
  }

  open(address: Ipv4 | undefined, peer: Endpoint): UdpPort {
    const [key, now] = [endpointKey(peer), performance.now()];
    const fit = this.#ports.find((port) => port.address === address && port.suits(key, now));
    const port = fit ?? new SharedPort(this.#libc, address, (woken, bytes, from) => this.#turn(woken, bytes, from));
    if (fit === undefined) this.#list([...this.#ports, port]);
    return this.#portOf(port, port.join(peer));
  }

  #portOf(shared: SharedPort, party: Party): UdpPort {
    let isOpen = true;
    const send = (line: Line, length: number, size: number): void => {
      party.sentAt = performance.now();
      this.#outbox.add(shared.fd, line, length, size);
      // Within a turn all that is sent goes out together.
      if (!this.#isBusy) this.#outbox.flush();
    };
    return {
      port: shared.port,
      send: (bytes, to) => {
        // The number of a closed socket may be that of another one already.
        if (!isOpen) return;
        this.#outbox.room(bytes.length).set(bytes);
        const isPeer = to === party.peer || endpointKey(to) === party.key;
        send(isPeer ? party : { address: encodeAddress(to), mayCut: false }, bytes.length, bytes.length);
      },
      runs: {
        room: (length) => this.#outbox.room(length),
        send: (length, size) => (isOpen ? send(party, length, size) : undefined),
      },
      receive: (handler) => void party.handlers.push(handler),
      close: () => {
        if (isOpen) this.#leave(shared, party);
        isOpen = false;
      },
    };
  }

  #leave(shared: SharedPort, party: Party): void {
    this.#outbox.flush();
    shared.leave(party, performance.now());
    if (shared.isEmpty) this.#list(this.#ports.filter((port) => port !== shared));
  }

  /** Writes the list that ppoll(2) asks for. */
  #list(ports: readonly SharedPort[]): void {
    this.#ports = ports;
    this.#polled = Buffer.alloc(ports.length * POLLFD);
    ports.forEach(({ fd }, index) => {
      this.#polled.writeInt32LE(fd, index * POLLFD);
      this.#polled.writeInt16LE(POLLIN, index * POLLFD + 4);
    });
  }

  /** Takes what has come to any port, and what comes in answer to what is then sent. */
  #turn(woken: SharedPort, bytes: Uint8Array, from: Endpoint): void {
    // A handler may send, never fetch.
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const until = performance.now() + BUDGET;
      woken.hear(bytes, from, this.#heard);
      while (this.#round() && performance.now() < until);
    } finally {
      this.#isBusy = false;
      this.#outbox.flush();
    }
  }

  /** Whether something was there, or is by now. */
  #round(): boolean {
    let count = 0;
    // A handler may close a port, which makes another list.
    for (const port of this.#ports) if (!port.isEmpty) count += port.take(this.#libc, this.#inbox, this.#heard);
    this.#outbox.flush();
    if (count > 0 && this.#near > 0) this.#near = MOST_VAIN;
    return count > 0 || (this.#near > 0 && this.#waited());
  }

  /** Waits for somebody near. */
  #waited(): boolean {
    if (this.#libc.ppoll(this.#polled, this.#ports.length, this.#wait, null) > 0) return true;
    this.#near -= 1;
    return false;
  }

  readonly #heard = ({ sentAt }: Party): void => {
    if (this.#near === 0 && performance.now() - sentAt < NEAR) this.#near = MOST_VAIN;
  };
}

let ports: TransferPorts | undefined;

/** Opens a port for a transfer with a peer, on an address or on all. Throws where libc cannot be had. */
export function openTransferPort(address: Ipv4 | undefined, peer: Endpoint): UdpPort {
  ports ??= new TransferPorts(datagramLibc());
  return ports.open(address, peer);
}
