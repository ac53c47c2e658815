import { clientName } from '../core/boot/client.ts';
import { belongsTo, type Reachable } from '../core/dhcp/belongs.ts';
import { conflictRecords } from '../core/dhcp/lease.ts';
import { PacketLimiter, senderKey } from '../core/dhcp/limiter.ts';
import { decodePacket, type DecodedPacket } from '../core/dhcp/packet.ts';
import { respond, type DhcpHouse, type Response } from '../core/dhcp/respond.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { BROADCAST_IPV4, type Ipv4 } from '../core/net/ipv4.ts';
import { macOfBytes, type Mac } from '../core/net/mac.ts';
import { udpFrame } from '../core/net/frame.ts';
import type { Clock } from '../shell/clock.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { Endpoint, UdpPort } from '../shell/udp.ts';
import { boundedLog, type BoundedLog } from './boundedLog.ts';
import type { Leases } from './leases.ts';
import { createProber, type Prober } from './probing.ts';

/** A network whose machines may come by the interface that is served. */
export interface HousedNetwork extends Reachable {
  readonly house: DhcpHouse;
}

export interface DhcpDeps {
  readonly networks: () => readonly HousedNetwork[];
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  /** The address of this server on the interface. */
  readonly address: Ipv4;
  /** Raw frames on the interface, where they are to be had. */
  readonly link: Link | undefined;
  /** Told when a machine that asks to be booted was given its address. */
  readonly booting: (mac: Mac, stage: 'firmware' | 'ipxe', address: Ipv4) => void;
}

type Reply = Extract<Response, { kind: 'reply' }>;
type Silence = Extract<Response, { kind: 'silence' }>;

/** Packets a second from one machine. A boot takes four in a good second; more than this is no boot. */
const MOST = 20;
/** Addresses that are tried for a machine when strangers turn out to have them. */
const TRIES = 4;

/** Answers DHCP on one interface until `signal` aborts. */
export function serveDhcp(port: UdpPort, deps: DhcpDeps, signal: AbortSignal): void {
  const server = new DhcpServer(port, deps, signal);
  port.receive((bytes, from) => server.hear(bytes, from));
}

class DhcpServer {
  readonly #port: UdpPort;
  readonly #deps: DhcpDeps;
  readonly #log: BoundedLog;
  readonly #limiter = new PacketLimiter(MOST);
  readonly #prober: Prober | undefined;

  constructor(port: UdpPort, deps: DhcpDeps, signal: AbortSignal) {
    const { link, clock } = deps;
    this.#port = port;
    this.#deps = deps;
    this.#log = boundedLog(deps.log, clock);
    const crowded = (): void => this.#log.minutely('DHCP_UNPROBED', '', {});
    this.#prober = link === undefined ? undefined : createProber({ link, clock, crowded }, signal);
  }

  hear(bytes: Uint8Array, from: Endpoint): void {
    const admitted = this.#limiter.admit(senderKey(bytes), this.#deps.clock.now());
    if (admitted === 'no') this.#log.say('DHCP_FLOOD', { mac: macOfBytes(bytes.subarray(28)), most: MOST });
    if (admitted !== 'yes') return;
    const request = this.#read(bytes, from);
    if (request !== undefined) this.#answer(request, from, 1);
  }

  #read(bytes: Uint8Array, from: Endpoint): DecodedPacket | undefined {
    try {
      return decodePacket(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#log.say('DHCP_UNREADABLE', { from: from.address, why: error.message });
      return undefined;
    }
  }

  #answer(request: DecodedPacket, from: Endpoint, tries: number): void {
    const { networks, leases, clock } = this.#deps;
    const found = belongsTo(request.packet, networks());
    if ('why' in found) return this.#log.minutely('DHCP_FOREIGN', from.address, { from: from.address, why: found.why });
    const response = respond(request.packet, found.network.house, clock.now(), from);
    leases.record(response.records);
    if (response.kind === 'silence') return this.#sayWhyNot(response, found.network.name);
    const waits = response.type === 'offer' && this.#prober?.waits(response.address) === true;
    if ((response.probe || waits) && tries < TRIES) this.#probe(request, response, from, tries);
    else this.#send(response, request.flaws);
  }

  /** An address that is new to its machine is offered once nobody answered for it. */
  #probe(request: DecodedPacket, response: Reply, from: Endpoint, tries: number): void {
    const { leases, clock } = this.#deps;
    const { address, client } = response;
    const clear = (): void => this.#send(response, request.flaws);
    if (this.#prober === undefined) return clear();
    const taken = (by: Mac, sent: boolean): void => {
      const lease = leases.book.at(address);
      if (lease?.id === client.id) leases.record(conflictRecords(lease, clock.now()));
      this.#log.say('DHCP_ADDRESS_TAKEN', { address, by });
      if (!sent) this.#answer(request, from, tries + 1);
    };
    this.#prober.ask(address, client.mac, { clear, taken });
  }

  #send(response: Reply, flaws: readonly string[]): void {
    if (!this.#sentAsFrame(response)) {
      const to = endpointOf(response);
      const failed = (error: Error): void => this.#log.say('BOOT_SEND_FAILED', { to: to.address, why: error.message });
      this.#port.send(response.bytes, to, failed);
    }
    this.#tell(response, flaws);
  }

  /** A machine without an address cannot be asked for its MAC, so the frame is made by hand (RFC 2131 4.1). */
  #sentAsFrame({ to, bytes }: Reply): boolean {
    const { link, address } = this.#deps;
    if (link === undefined || to.kind !== 'link' || to.chaddr.length !== 6) return false;
    const source = { mac: link.mac, address, port: this.#port.port };
    const target = { mac: macOfBytes(to.chaddr), address: to.address, port: to.port };
    return link.send(udpFrame({ source, target, payload: bytes }));
  }

  #sayWhyNot({ client, why, cause }: Silence, network: string): void {
    const mac = clientName(client);
    if (cause === 'full') this.#log.minutely('DHCP_POOL_FULL', network, { mac, network, why });
    else this.#log.say(cause === 'declined' ? 'DHCP_ADDRESS_BAD' : 'DHCP_SILENT', { mac, why });
  }

  #tell({ client, type, address, said: boot, late }: Reply, flaws: readonly string[]): void {
    const mac = clientName(client);
    this.#log.say('DHCP_ANSWERED', { mac, stage: client.stage, type, address, boot });
    if (flaws.length > 0) this.#log.say('DHCP_FLAWED', { mac, flaws: flaws.join('; ') });
    if (late > 0) this.#log.say('DHCP_LATE', { mac, seconds: late });
    if ((type === 'ack' || type === 'proxy') && client.stage !== 'system' && client.mac !== null)
      this.#deps.booting(client.mac, client.stage, address);
  }
}

/** Where no frame can be made, what is meant for one machine is broadcast; RFC 2131 4.1 allows it. */
const endpointOf = ({ to }: Reply): Endpoint => ({
  address: to.kind === 'broadcast' || to.kind === 'link' ? BROADCAST_IPV4 : to.address,
  port: to.port,
});
