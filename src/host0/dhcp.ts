import { respond, type DhcpHouse, type Response } from '../core/dhcp/respond.ts';
import { decodePacket, type DecodedPacket } from '../core/dhcp/packet.ts';
import type { Destination } from '../core/dhcp/destination.ts';
import { clientName } from '../core/boot/client.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { BROADCAST_IPV4, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { Endpoint, UdpPort } from '../shell/udp.ts';
import type { Leases } from './leases.ts';

export interface DhcpDeps {
  readonly house: DhcpHouse;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a machine that asks to be booted was given its address. */
  readonly booting: (mac: Mac, stage: 'firmware' | 'ipxe', address: Ipv4) => void;
}

/** Answers DHCP on one interface. */
export function serveDhcp(port: UdpPort, deps: DhcpDeps): void {
  port.receive((bytes, from) => {
    const request = read(bytes, from, deps.log);
    if (request === undefined) return;
    const response = respond(request.packet, deps.house, deps.clock.now());
    deps.leases.record(response.records);
    if (response.kind === 'silence') return sayWhyNot(response, deps.log);
    const to = endpointOf(response.to);
    port.send(response.bytes, to, (error) => deps.log.say('BOOT_SEND_FAILED', { to: to.address, why: error.message }));
    tell(response, request.flaws, deps);
  });
}

function read(bytes: Uint8Array, from: Endpoint, log: Log): DecodedPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    log.say('DHCP_UNREADABLE', { from: from.address, why: error.message });
    return undefined;
  }
}

/** A `link` destination needs a frame made by hand or an ARP entry; broadcast is allowed instead (RFC 2131 4.1). */
const endpointOf = (to: Destination): Endpoint => ({
  address: to.kind === 'broadcast' || to.kind === 'link' ? BROADCAST_IPV4 : to.address,
  port: to.port,
});

function sayWhyNot(response: Extract<Response, { kind: 'silence' }>, log: Log): void {
  const mac = clientName(response.client);
  const id = response.records.some((record) => record.kind === 'bad')
    ? 'DHCP_ADDRESS_BAD'
    : response.why.startsWith('every address')
      ? 'DHCP_POOL_FULL'
      : 'DHCP_SILENT';
  log.say(id, { mac, why: response.why });
}

function tell(response: Extract<Response, { kind: 'reply' }>, flaws: readonly string[], deps: DhcpDeps): void {
  const { client, type, address, said: boot } = response;
  const mac = clientName(client);
  deps.log.say('DHCP_ANSWERED', { mac, stage: client.stage, type, address, boot });
  if (flaws.length > 0) deps.log.say('DHCP_FLAWED', { mac, flaws: flaws.join('; ') });
  if ((type === 'ack' || type === 'proxy') && client.stage !== 'system' && client.mac !== null)
    deps.booting(client.mac, client.stage, address);
}
