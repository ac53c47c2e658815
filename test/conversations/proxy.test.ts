import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { decodePacket, encodePacket, MESSAGE, type DhcpPacket } from '../../src/core/dhcp/packet.ts';
import type { Options } from '../../src/core/dhcp/options.ts';
import { ANY_IPV4, BROADCAST_IPV4, type Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Endpoint } from '../../src/shell/udp.ts';
import { mac } from '../fixtures/cluster.ts';
import { edk2, ip, ipxe, message } from '../fixtures/dhcp.ts';
import { BOOT_FILES, NETWORK, SERVER, startRig, type Rig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** Boots in a network whose addresses another server gives. */

const ROUTER = ip('10.1.2.254');
const ADDRESS = ip('10.1.2.77');
const IPXE_UEFI = ipxe(7, [FEATURE.http, FEATURE.efi]);

const startProxy = (hosts: readonly object[] = []): Promise<Rig> =>
  startRig({ cluster: { hosts }, options: { networks: [{ ...NETWORK, role: 'proxy' }] } });

/** Sends a message as a machine does; gives what comes back to the port it sent from. */
async function say(rig: Rig, packet: DhcpPacket, from: Endpoint, to: Endpoint): Promise<DhcpPacket[]> {
  const port = await rig.network.machine(from.address)({ port: from.port });
  const heard: DhcpPacket[] = [];
  port.receive((bytes) => heard.push(decodePacket(bytes).packet));
  port.send(encodePacket(packet).bytes, to);
  await rig.clock.pass(10);
  port.close();
  return heard;
}

const broadcast = (rig: Rig, options: Options): Promise<DhcpPacket[]> =>
  say(rig, message(mac(1), options), { address: ANY_IPV4, port: 68 }, { address: BROADCAST_IPV4, port: 67 });

/** The REQUEST by which the machine takes an address from the router, for all to hear. */
const takeAddress = (rig: Rig, options: Options): Promise<DhcpPacket[]> =>
  broadcast(rig, { ...options, messageType: MESSAGE.request, requestedAddress: ADDRESS, serverId: ROUTER });

const ask4011 = (rig: Rig, options: Options, from: Ipv4): Promise<DhcpPacket[]> =>
  say(
    rig,
    message(mac(1), { ...options, messageType: MESSAGE.request }, { ciaddr: from, flags: 0 }),
    { address: from, port: 4011 },
    { address: SERVER, port: 4011 },
  );

test('B1, B2: beside a router the server gives no address, and answers only who asks to be booted', async () => {
  const rig = await startProxy();
  assert.deepEqual(await broadcast(rig, {}), []);
  const [offer] = await broadcast(rig, edk2(7));
  assert.deepEqual([offer?.yiaddr, offer?.siaddr, offer?.file], ['0.0.0.0', SERVER, 'loaders/snponly.efi']);
  assert.deepEqual(await takeAddress(rig, edk2(7)), []);
  await rig.host0.stop();
});

test('a machine boots to its facts with the address that the router gave', async () => {
  const rig = await startProxy([{ mac: mac(1), name: 'ada' }]);
  const [offer] = await broadcast(rig, edk2(7));
  await takeAddress(rig, edk2(7));
  const loader = await new TftpClient(rig, ADDRESS).get(offer?.file ?? '');
  assert.deepEqual(loader, Buffer.from(BOOT_FILES.get('loaders/snponly.efi') ?? []));
  const [second] = await broadcast(rig, IPXE_UEFI);
  const url = (second?.file ?? '').replace('http://10.1.2.1', '').replaceAll(/\$\{[\w:]+\}/g, '');
  await takeAddress(rig, IPXE_UEFI);
  assert.match(Buffer.from((await rig.http.get(url, ADDRESS)).body).toString(), /echo pxen: ada boots/);
  const initrd = await rig.http.get(`/node/${mac(1)}/initrd`, ADDRESS);
  assert.match(Buffer.from(initrd.body).toString(), /PXEN_ADDRESS='10\.1\.2\.77\/24'/);
  assert.deepEqual(
    rig.host0.boot.timelines.of(mac(1)).map(({ step }) => step),
    ['wake', 'dhcp', 'loader', 'dhcp', 'script', 'initrd'],
  );
  await rig.host0.stop();
});

test('F2: the offer is on its way before any time has passed: EDK2 keeps the first of its kind only', async () => {
  const rig = await startProxy();
  const port = await rig.network.machine(ANY_IPV4)({ port: 68 });
  const heard: number[] = [];
  port.receive(() => heard.push(rig.clock.now()));
  const asked = rig.clock.now();
  port.send(encodePacket(message(mac(1), edk2(7))).bytes, { address: BROADCAST_IPV4, port: 67 });
  await rig.clock.pass(0);
  assert.deepEqual(heard, [asked]);
  port.close();
  await rig.host0.stop();
});

test('F3, F5: whoever asks on 4011 is told all of it there, also by a server that gives addresses', async () => {
  for (const role of ['proxy', 'full'] as const) {
    const rig = await startRig({ options: { networks: [{ ...NETWORK, role }] } });
    for (const [arch, file] of [
      [0, 'loaders/undionly.kpxe'],
      [7, 'loaders/snponly.efi'],
    ] as const) {
      const [ack, ...more] = await ask4011(rig, edk2(arch), ADDRESS);
      assert.deepEqual([ack?.options.messageType, ack?.file, ack?.siaddr, more], [MESSAGE.ack, file, SERVER, []]);
    }
    await rig.host0.stop();
  }
});

test('F10: firmware that takes no file from an offer is led to 4011 when it asks all over again', async () => {
  const rig = await startProxy();
  const files: (string | undefined)[] = [];
  for (let round = 0; round < 4; round += 1) files.push((await broadcast(rig, edk2(7)))[0]?.file);
  assert.deepEqual(files, ['loaders/snponly.efi', '', 'loaders/snponly.efi', '']);
  await rig.host0.stop();
});

test('B3: a denied machine is not answered on 67, on 4011 and by TFTP from the address it took', async () => {
  const rig = await startProxy([{ mac: mac(1), name: 'ada', boot: 'deny' }]);
  assert.deepEqual(await broadcast(rig, edk2(7)), []);
  await takeAddress(rig, edk2(7));
  assert.deepEqual(await ask4011(rig, edk2(7), ADDRESS), []);
  assert.match(String(await new TftpClient(rig, ADDRESS).get('loaders/snponly.efi')), /\[host\.denied\]/);
  await rig.host0.stop();
});

test('bytes that are no DHCP message are named and dropped on 4011', async () => {
  const rig = await startProxy();
  const port = await rig.network.machine(ADDRESS)({ port: 4011 });
  port.send(Uint8Array.of(1, 2, 3), { address: SERVER, port: 4011 });
  await rig.clock.pass(10);
  assert.equal(rig.log.of('DHCP_UNREADABLE').length, 1);
  port.close();
  await rig.host0.stop();
});
