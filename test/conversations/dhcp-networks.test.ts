import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePacket } from '../../src/core/dhcp/packet.ts';
import { parseSubnet, type Ipv4 } from '../../src/core/net/ipv4.ts';
import { FakeClock } from '../../src/shell/fake/clock.ts';
import { FakeNetwork, type Datagram } from '../../src/shell/fake/network.ts';
import type { OpenUdp } from '../../src/shell/udp.ts';
import { card } from '../fixtures/card.ts';
import { mac } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { NETWORK, SERVER, startRig } from '../fixtures/rig.ts';

/** The DHCP server on several networks at once, in memory. */

/** A server on two networks, one of which a relay agent extends to a third. */
async function twoNetworks() {
  const sent: Datagram[] = [];
  const OTHER = { ...NETWORK, interface: 'net1', address: ip('10.1.3.1'), subnet: parseSubnet('10.1.3.0/24')! };
  const cluster = {
    networks: {
      main: { subnet: '10.1.2.0/24', domain: 'main.internal' },
      other: {
        subnet: '10.1.3.0/24',
        interface: 'net1',
        gateway: '10.1.3.254',
        dns: ['10.1.3.53'],
        leaseTime: '2h',
        options: { 'ntp-servers': ['10.1.3.4'] },
      },
      far: { subnet: '10.1.4.0/24', relays: ['10.1.4.1'], gateway: '10.1.4.1' },
    },
    hosts: [{ mac: mac(1), name: 'ada', address: '10.1.3.50', options: { 'ntp-servers': ['10.1.3.5'] } }],
  };
  const clock = new FakeClock();
  const first = new FakeNetwork(clock, (datagram) => {
    sent.push(datagram);
    return [0];
  });
  const other = new FakeNetwork(clock);
  const openUdp: OpenUdp = (options) =>
    options.interface === OTHER.interface ? other.machine(OTHER.address)(options) : first.machine(SERVER)(options);
  const rig = await startRig({ cluster, openUdp, clock, options: { networks: [NETWORK, OTHER] } });
  return { rig, first, other, sent };
}

test('D6, D10: one server on two networks, each with its own addresses and options, from one book', async () => {
  const { rig, first, other } = await twoNetworks();
  const [here, there] = [await card(rig, first), await card(rig, other)];
  const asked = { parameters: [1, 3, 6, 15, 42, 51] };
  here.say(mac(1), asked);
  there.say(mac(1), asked);
  there.say(mac(2), asked);
  await rig.clock.pass(10);
  assert.deepEqual([here.heard.length, there.heard.length], [1, 2]);
  const [a, b] = [here.heard[0]!.packet, there.heard[0]!.packet];
  assert.match(a.yiaddr, /^10\.1\.2\./);
  assert.deepEqual([a.options.serverId, a.options.domainName, a.options.router], [SERVER, 'main.internal', undefined]);
  assert.deepEqual([b.yiaddr, b.options.serverId, b.options.leaseTime], ['10.1.3.50', '10.1.3.1', 7200]);
  assert.deepEqual([b.options.router, b.options.dnsServers], [['10.1.3.254'], ['10.1.3.53']]);
  await rig.host0.stop();
});

test('D1: a third network is reached by a relay agent, and by no other', async () => {
  const { rig, first, sent } = await twoNetworks();
  const { say } = await card(rig, first);
  say(mac(5), {}, { giaddr: ip('10.1.4.1') });
  say(mac(6), {}, { giaddr: ip('10.1.4.2') });
  say(mac(7), {}, { giaddr: ip('10.66.0.1') });
  await rig.clock.pass(10);
  const replies = sent.filter(({ from }) => from.port === 67);
  assert.deepEqual(
    replies.map(({ to }): [Ipv4, number] => [to.address, to.port]),
    [['10.1.4.1', 67]],
  );
  const { packet } = decodePacket(replies[0]!.bytes);
  assert.match(packet.yiaddr, /^10\.1\.4\.(?!1$)/);
  assert.deepEqual([packet.options.serverId, packet.options.router], [SERVER, ['10.1.4.1']]);
  assert.equal(rig.log.of('DHCP_FOREIGN').length, 1, 'said once a minute for one sender');
  await rig.host0.stop();
});
