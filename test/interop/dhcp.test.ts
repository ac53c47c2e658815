import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { layDrive, removeDrive, Running, startServer } from './running.ts';
import { Segment, whyNot } from './segment.ts';

/** The real DHCP server before other people's clients, in namespaces of its own. */

const MAC = '52:54:00:00:00:07';
const CLUSTER = `version: 1
cluster: { name: lab }
networks:
  main:
    subnet: 10.99.0.0/24
    pools: [10.99.0.60-10.99.0.79]
    leaseTime: 30m
    options: { ntp-servers: [10.99.0.3] }
`;
const skip = await whyNot(['udhcpc', 'dhclient', 'perfdhcp']);
const DAEMON = '/lib/systemd/systemd-networkd';
const noNetworkd = await whyNot(['unshare', DAEMON]);
const segment = new Segment('pxd');
let drive = { folder: '', script: '' };
let server: Running;
let sniffer: Running;

const client = (...command: readonly string[]) => segment.in(segment.client, command);
const udhcpc = (...words: readonly string[]) =>
  client('udhcpc', '-i', Segment.interface, '-n', '-q', '-t', '5', '-s', drive.script, ...words);

before(async () => {
  if (skip !== false) return;
  drive = await layDrive(CLUSTER);
  await segment.make('10.99.0.1/24', MAC);
  sniffer = new Running(segment.client, [process.execPath, join(import.meta.dirname, 'sniff.ts')]);
  await sniffer.until('listening');
  server = await startServer(segment.server, drive.folder, Segment.interface, '10.99.0.1/24');
});

after(async () => {
  if (skip !== false) return;
  await server.end();
  await sniffer.end();
  await segment.remove();
  await removeDrive(drive.folder);
});

test('D7: udhcpc with the broadcast flag clear is answered by frames to its own MAC', { skip }, async () => {
  sniffer.said = '';
  const { stdout } = await udhcpc();
  const address = /^(10\.99\.0\.(6|7)\d)\/24 .* 1800 ntp=10\.99\.0\.3$/m.exec(stdout)?.[1];
  assert.ok(address !== undefined, stdout);
  // Offer and acknowledgement; option 53 stands first.
  await sniffer.until(`${MAC} ${address} `);
  const heard = sniffer.said.trim().split('\n');
  assert.deepEqual([heard.length, new Set(heard.map((line) => line.split(' ')[0])).size], [2, 1], sniffer.said);
});

test('D6: udhcpc with the broadcast flag set is answered by broadcast', { skip }, async () => {
  sniffer.said = '';
  await udhcpc('-B');
  await sniffer.until('ff:ff:ff:ff:ff:ff 255.255.255.255 ');
  assert.ok(!sniffer.said.includes(MAC), sniffer.said);
});

test('E1, E12: dhclient is given the same address, releases it, and is given it again', { skip }, async () => {
  const [leases, pid] = [join(drive.folder, 'dhclient.leases'), join(drive.folder, 'dhclient.pid')];
  const dhclient = (...words: readonly string[]) =>
    client('dhclient', '-4', '-v', '-sf', '/bin/true', '-lf', leases, '-pf', pid, ...words, Segment.interface);
  const given: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    await dhclient('-1');
    given.push(/fixed-address (\S+);/.exec(await readFile(leases, 'utf8'))?.[1] ?? '');
    await dhclient('-r');
    await writeFile(leases, '');
  }
  assert.match(given[0] ?? '', /^10\.99\.0\.(6|7)\d$/);
  assert.equal(given[1], given[0]);
});

/** Of the machine's own files it sees none: /run is empty, and with a /sys it cannot write to it waits for no udev. */
const NETWORKD = `mount -t tmpfs none /run && mount -o remount,ro,bind /sys && mkdir -p /run/systemd/network
mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
printf '[Match]\\nName=net0\\n[Network]\\nDHCP=ipv4\\nLinkLocalAddressing=no\\nIPv6AcceptRA=no\\n' >/run/systemd/network/10.network
SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console exec ${DAEMON}`;

test('C22: systemd-networkd takes a lease with its own kind of client id', { skip: skip || noNetworkd }, async () => {
  const networkd = new Running(segment.client, ['unshare', '-m', 'sh', '-c', NETWORKD]);
  try {
    await networkd.until(/DHCPv4 address 10\.99\.0\.(6|7)\d\/24 acquired from 10\.99\.0\.1/);
  } finally {
    await networkd.end();
    await client('ip', 'addr', 'flush', 'dev', Segment.interface);
  }
});

test('E3: an address that a stranger answers for is not given, and the administrator is told', { skip }, async () => {
  const stranger = '52:54:00:00:00:99';
  const steps = [
    'sysctl -qw net.ipv4.conf.all.arp_ignore=1',
    `ip link add stranger link ${Segment.interface} address ${stranger} type macvlan mode bridge`,
    'ip addr add 10.99.0.77/24 dev stranger',
    'ip link set stranger up',
    `ip link set ${Segment.interface} address 52:54:00:00:00:08`,
  ];
  for (const step of steps) await client(...step.split(' '));
  const { stdout } = await udhcpc('-r', '10.99.0.77');
  assert.match(stdout, /^10\.99\.0\.(6|7)\d\/24 /m);
  assert.ok(!stdout.includes('10.99.0.77/'), stdout);
  await server.until(`DHCP_ADDRESS_TAKEN 10.99.0.77 is in use by ${stranger}`);
  await client('ip', 'link', 'del', 'stranger');
});

test("D13: perfdhcp's exchanges are all completed", { skip }, async () => {
  await client('ip', 'addr', 'add', '10.99.0.2/24', 'dev', Segment.interface);
  const words = ['-4', '-r', '100', '-R', '15', '-n', '200', '-W', '1000000', '-l', Segment.interface];
  const { stdout } = await segment.in(segment.client, ['perfdhcp', ...words], { accept: [0, 3] });
  const received = [...stdout.matchAll(/^received packets: (\d+)/gm)].map((match) => match[1]);
  assert.deepEqual(received, ['200', '200'], stdout);
});
