import { decodePacket, encodePacket } from '../../src/core/dhcp/packet.ts';
import { BROADCAST_IPV4 } from '../../src/core/net/ipv4.ts';
import { parseMac } from '../../src/core/net/mac.ts';
import { openUdp } from '../../src/shell/udp.ts';
import { edk2, message } from '../fixtures/dhcp.ts';

/** Asks as UEFI firmware does, and prints every offer that comes within three seconds: INTERFACE MAC. */

const [name = '', text = ''] = process.argv.slice(2);
const mac = parseMac(text);
if (mac === undefined) throw new Error(`${text} is no MAC`);
const port = await openUdp({ port: 68, interface: name });
port.receive((bytes) => {
  const { yiaddr, file, options } = decodePacket(bytes).packet;
  const loader = file || (options.bootFile ?? '');
  process.stdout.write(`${options.serverId} offers ${yiaddr} and ${loader || 'nothing'}\n`);
});
port.send(encodePacket(message(mac, edk2(7))).bytes, { address: BROADCAST_IPV4, port: 67 });
setTimeout(() => port.close(), 3000);
