import { createSocket, type Socket } from 'node:dgram';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { encodeAddress, MSG_DONTWAIT, SO, type DatagramLibc } from './libc.ts';
import { endpointKey, SLOTS, type MessageVector } from './messageVector.ts';
import type { Line } from './runOutbox.ts';
import type { Endpoint } from './udp.ts';

/** One of those that a port is shared by: what is exchanged with one peer. */
export interface Party extends Line {
  readonly peer: Endpoint;
  readonly key: number;
  readonly handlers: ((bytes: Uint8Array, from: Endpoint) => void)[];
  /** When something was sent to it last. */
  sentAt: number;
}

/** Parties of one port at most, where its buffers can be made large enough. */
const MOST_PARTIES = 64;
/** Bytes: a window for each of them (the kernel counts some 2,300 for a datagram), and an ACK from each, several times. */
const SEND_BUFFER = 8 * 2 ** 20;
const RECEIVE_BUFFER = 2 ** 20;
/**
 * Milliseconds for which a peer is not given the same port again, and what still comes from it is not heard: the last ACK of
 * one transfer must not be taken for the first one of the next (RFC 1350 4).
 */
const REST = 30_000;
const MOST_RESTING = 1024;

/** One UDP socket, for many peers: what comes is told apart by where it comes from. */
export class SharedPort {
  readonly fd: number;
  readonly address: Ipv4 | undefined;
  readonly #socket: Socket;
  readonly #parties = new Map<number, Party>();
  readonly #resting = new Map<number, number>();
  readonly #most: number;

  /** `woken` is called with the first datagram after a while; the others wait to be taken. Throws where the system refuses. */
  constructor(
    libc: DatagramLibc,
    address: Ipv4 | undefined,
    woken: (port: SharedPort, bytes: Uint8Array, from: Endpoint) => void,
  ) {
    this.address = address;
    this.fd = libc.open(address);
    const isLarge =
      libc.set(this.fd, SO.socket, SO.sendBufferForce, SEND_BUFFER) &&
      libc.set(this.fd, SO.socket, SO.receiveBufferForce, RECEIVE_BUFFER);
    this.#most = isLarge ? MOST_PARTIES : 1;
    this.#socket = createSocket({ type: 'udp4' });
    // An ICMP error of an earlier datagram comes up here; the other peers go on after it.
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (bytes, from) => woken(this, bytes, { address: from.address as Ipv4, port: from.port }));
    this.#socket.bind({ fd: this.fd });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get isEmpty(): boolean {
    return this.#parties.size === 0;
  }

  /** Whether a peer can be told apart here from others, and from what it sent before. */
  suits(key: number, now: number): boolean {
    if (this.#parties.size >= this.#most || this.#parties.has(key)) return false;
    return (this.#resting.get(key) ?? 0) <= now;
  }

  join(peer: Endpoint): Party {
    const key = endpointKey(peer);
    const party: Party = { peer, key, handlers: [], sentAt: 0, address: encodeAddress(peer), mayCut: true };
    this.#resting.delete(key);
    this.#parties.set(key, party);
    return party;
  }

  /** Closes the port with the last one. */
  leave({ key }: Party, now: number): void {
    this.#parties.delete(key);
    this.#resting.set(key, now + REST);
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > MOST_RESTING && oldest !== undefined) this.#resting.delete(oldest);
    if (this.isEmpty) this.#socket.close();
  }

  /** Hands on what is there, up to what one call fetches. Gives how much it was. */
  take(libc: DatagramLibc, inbox: MessageVector, heard: Heard): number {
    // Below 0 where nothing is there.
    const count = Math.max(0, libc.recvmmsg(this.fd, inbox.headers, SLOTS, MSG_DONTWAIT, null));
    for (let slot = 0; slot < count; slot += 1) {
      const bytes = inbox.bytes(slot);
      if (bytes === undefined) continue;
      const party = this.#parties.get(inbox.key(slot));
      if (party === undefined) this.#hearStranger(bytes, inbox.from(slot));
      else tell(party, bytes, heard);
    }
    return count;
  }

  /** Hands on what came through Node. */
  hear(bytes: Uint8Array, from: Endpoint, heard: Heard): void {
    const party = this.#parties.get(endpointKey(from));
    if (party === undefined) this.#hearStranger(bytes, from);
    else tell(party, bytes, heard);
  }

  /** A stranger is heard by any party: that one knows its peer, and what to say to others. */
  #hearStranger(bytes: Uint8Array, from: Endpoint): void {
    if (this.#resting.has(endpointKey(from))) return;
    const [any] = this.#parties.values();
    for (const handler of any?.handlers ?? []) handler(bytes, from);
  }
}

/** Told of whom something came, before that one is. */
type Heard = (party: Party) => void;

function tell(party: Party, bytes: Uint8Array, heard: Heard): void {
  heard(party);
  for (const handler of party.handlers) handler(bytes, party.peer);
}
