import { answer } from '../core/boot/answer.ts';
import { clientName, clientOf } from '../core/boot/client.ts';
import { decodePacket } from '../core/dhcp/packet.ts';
import { PROXY_PORT, proxyRespond } from '../core/dhcp/proxy.ts';
import { belongsTo } from '../core/dhcp/belongs.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { ANY_IPV4 } from '../core/net/ipv4.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';
import type { HousedNetwork } from './dhcp.ts';

export interface ProxyDeps {
  readonly networks: () => readonly HousedNetwork[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers those who ask for their boot file on port 4011, whoever gave them their address. */
export function serveProxy(port: UdpPort, { networks, clock, log }: ProxyDeps): void {
  port.receive((bytes, from) => {
    try {
      const { packet } = decodePacket(bytes);
      const client = clientOf(packet);
      const found = belongsTo(packet, networks());
      if ('why' in found) return log.say('PROXY_SILENT', { mac: clientName(client), why: found.why });
      const { house } = found.network;
      const given = answer({ protocol: 'dhcp', client, hasLoader: house.hasLoader(client) }, house.policy(client));
      const said = proxyRespond(packet, client, given, house, clock.now(), PROXY_PORT);
      const mac = clientName(client);
      if (said.kind === 'silence') return log.say('PROXY_SILENT', { mac, why: said.why });
      // From its own address if it says one; it listens at the port that it sent from.
      const address = packet.ciaddr === ANY_IPV4 ? from.address : packet.ciaddr;
      const failed = (error: Error): void => log.say('BOOT_SEND_FAILED', { to: address, why: error.message });
      port.send(said.bytes, { address, port: from.port }, failed);
      log.say('PROXY_ANSWERED', { mac, to: address, boot: said.said });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      log.say('DHCP_UNREADABLE', { from: from.address, why: error.message });
    }
  });
}
