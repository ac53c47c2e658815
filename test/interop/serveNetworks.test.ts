import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BOOT_FILES } from '../fixtures/rig.ts';
import { Running } from './running.ts';
import { whyNot } from './segment.ts';
import { House, ip, Served } from './serving.ts';

/**
 * `pxen serve` on two interfaces: on one it gives addresses, on the other dnsmasq does; a third network is behind ISC's relay
 * agent. Each in a namespace of its own.
 */

const MACHINE = '52:54:00:00:00:07';
const OFFERS = join(import.meta.dirname, 'offers.ts');
const skip = await whyNot(['udhcpc', 'tftp', 'curl', 'dhcrelay', 'dnsmasq']);
const house = new House('pxv');
let [sw, server, lan, lab, router, relay, far] = ['', '', '', '', '', '', ''];
let served: Served;
let dnsmasq: Running;

const cluster = (hosts = '', lanRole = 'full'): string => `version: 1
cluster: { name: lab }
networks:
  lan: { interface: lan0, subnet: 10.99.0.0/24, dhcp: ${lanRole}, pools: [10.99.0.100-10.99.0.199] }
  lab: { subnet: 10.98.0.0/24, dhcp: proxy }
  far: { subnet: 10.97.0.0/24, gateway: 10.97.0.1, pools: [10.97.0.100-10.97.0.109], relays: [10.97.0.1] }
hosts:
  - { mac: "52:54:00:00:00:01", name: ada }
${hosts}`;

/** A DHCP client of the room, which is told: address, file, server and more. */
const udhcpc = async (space: string, name: string, ...words: readonly string[]): Promise<string> => {
  const flags = ['-n', '-q', '-t', '5', '-s', served.script, ...words];
  return (await house.in(space, 'udhcpc', '-i', name, ...flags)).stdout;
};
const asFirmware = ['-V', 'PXEClient:Arch:00007:UNDI:003000', '-x', '0x5d:0007'];
const curl = async (space: string, ...words: readonly string[]): Promise<string> =>
  (await house.in(space, 'curl', '-sS', '-m', '10', ...words)).stdout;

/** The server's card on the network where it gives addresses; the same one when it comes back. */
async function plugIn(): Promise<void> {
  await house.cable(sw, 'brlan', server, 'lan0');
  await ip(`-n ${server} link set lan0 address 52:54:00:00:00:fe`);
  await ip(`-n ${server} addr add 10.99.0.1/24 dev lan0`);
  await ip(`-n ${server} route replace 10.97.0.0/24 via 10.99.0.3`);
}

async function build(): Promise<void> {
  for (const [name, take] of [
    ['sw', (space: string) => (sw = space)],
    ['sv', (space: string) => (server = space)],
    ['lan', (space: string) => (lan = space)],
    ['lab', (space: string) => (lab = space)],
    ['ro', (space: string) => (router = space)],
    ['re', (space: string) => (relay = space)],
    ['far', (space: string) => (far = space)],
  ] as const)
    take(await house.room(name));
  for (const bridge of ['brlan', 'brlab', 'brfar']) await house.bridge(sw, bridge);
  await plugIn();
  await house.cable(sw, 'brlab', server, 'lab0', '10.98.0.2/24');
  await house.cable(sw, 'brlan', lan, 'eth0');
  await ip(`-n ${lan} link set eth0 address ${MACHINE}`);
  await house.cable(sw, 'brlab', lab, 'eth0');
  await house.cable(sw, 'brlab', router, 'eth0', '10.98.0.1/24');
  await house.cable(sw, 'brlan', relay, 'up0', '10.99.0.3/24');
  await house.cable(sw, 'brfar', relay, 'down0', '10.97.0.1/24');
  await house.cable(sw, 'brfar', far, 'eth0');
}

before(async () => {
  if (skip !== false) return;
  await build();
  served = await Served.lay(server, cluster());
  const flags = ['--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--user=root', '--port=0'];
  const leases = join(served.folder, 'dnsmasq.leases');
  const range = [
    '--dhcp-range=10.98.0.50,10.98.0.90,1h',
    `--dhcp-leasefile=${leases}`,
    '--log-facility=-',
    '--no-ping',
  ];
  dnsmasq = new Running(router, ['dnsmasq', ...flags, ...range]);
  await dnsmasq.until('IP range');
  await served.start();
});

after(async () => {
  if (skip !== false) return;
  await served.end();
  await dnsmasq.end();
  await house.remove();
});

test('the start says what is served: a line a network with address, role and addresses', { skip }, () => {
  const { said } = served.running!;
  assert.match(
    said,
    /BOOT_SERVING .* on lan0 as 10\.99\.0\.1: network lan, 10\.99\.0\.0\/24, role full, addresses 10\.99\.0\.100-/,
  );
  assert.match(
    said,
    /BOOT_SERVING .* on lab0 as 10\.98\.0\.2: network lab, 10\.98\.0\.0\/24, role proxy, no addresses/,
  );
  assert.match(said, /SERVE_READY .*leases in \S+\/state\/leases, HTTP on port 80, HTTPS on port 443/);
  assert.doesNotMatch(said, /SERVE_ELSEWHERE|SERVE_AUTO/);
});

test('in the full role firmware gets address and loader, then fetches loader and script', { skip }, async () => {
  const said = await udhcpc(lan, 'eth0', ...asFirmware);
  const [, address] = /^(10\.99\.0\.1\d\d)\/24 loaders\/snponly\.efi 10\.99\.0\.1 /m.exec(said) ?? [];
  assert.ok(address !== undefined, said);
  await ip(`-n ${lan} addr add ${address}/24 dev eth0`);
  const out = join(served.folder, 'out');
  await house.in(lan, 'tftp', '-m', 'binary', '10.99.0.1', '-c', 'get', 'loaders/snponly.efi', out);
  assert.ok((await readFile(out)).equals(Buffer.from(BOOT_FILES.get('loaders/snponly.efi') ?? [])));
  assert.match(await curl(lan, `http://10.99.0.1/ipxe/${MACHINE}`), /^#!ipxe/);
  const ca = join(served.folder, 'keys', 'ca.pem');
  assert.equal(await curl(lan, '--cacert', ca, 'https://10.99.0.1/healthz'), 'ok\n');
});

test('beside dnsmasq it gives no address, and says what boots', { skip }, async () => {
  const { stdout } = await house.in(lab, process.execPath, OFFERS, 'eth0', '52:54:00:00:00:09');
  assert.match(stdout, /^10\.98\.0\.1 offers 10\.98\.0\.\d+ and nothing$/m);
  assert.match(stdout, /^10\.98\.0\.2 offers 0\.0\.0\.0 and loaders\/snponly\.efi$/m);
  const [, address] = /^(10\.98\.0\.[5-9]\d)\/24 /m.exec(await udhcpc(lab, 'eth0')) ?? [];
  assert.ok(address !== undefined);
  await ip(`-n ${lab} addr add ${address}/24 dev eth0`);
  const out = join(served.folder, 'out-lab');
  await house.in(lab, 'tftp', '-m', 'binary', '10.98.0.2', '-c', 'get', 'loaders/undionly.kpxe', out);
  assert.ok((await readFile(out)).equals(Buffer.from(BOOT_FILES.get('loaders/undionly.kpxe') ?? [])));
});

test('D1: a network behind dhcrelay is served though this machine has no interface there', { skip }, async () => {
  const relaying = new Running(relay, ['dhcrelay', '-4', '-d', '-id', 'down0', '-iu', 'up0', '10.99.0.1']);
  try {
    await relaying.until('Sending on   Socket/fallback');
    assert.match(await udhcpc(far, 'eth0'), /^10\.97\.0\.10\d\/24 /m);
  } finally {
    await relaying.end();
  }
});

test('killed and started again it knows its leases', { skip }, async () => {
  const count = async (): Promise<number> =>
    Number(/^pxen_dhcp_leases (\d+)$/m.exec(await curl(server, 'http://10.99.0.1/metrics'))?.[1]);
  const before = await count();
  assert.ok(before >= 2, String(before));
  // The journal is written in batches, and synced within a second.
  await house.in(server, 'sleep', '1');
  process.kill(await served.pid(), 'SIGKILL');
  await served.running?.ended;
  await served.start();
  assert.equal(await count(), before);
});

test(
  'an edit of cluster.yaml takes effect without a restart; a mistake leaves the last good version',
  { skip },
  async () => {
    const host = `  - { mac: "${MACHINE}", name: bob, address: 10.99.0.77 }\n`;
    await served.edit(cluster(host));
    await served.running!.until('BOOT_CLUSTER_READ');
    assert.match(await udhcpc(lan, 'eth0', ...asFirmware), /^10\.99\.0\.77\/24 .* bob /m);
    await served.edit(`${cluster(host)}nonsense: 1\n`);
    await served.running!.until(/BOOT_CLUSTER_FILE .*nonsense/);
    assert.match(await udhcpc(lan, 'eth0', ...asFirmware), /^10\.99\.0\.77\/24 .* bob /m);
  },
);

test('an interface that goes and comes back is served again, the other one all the while', { skip }, async () => {
  const sent = async (): Promise<number> =>
    Number(/^pxen_http_sent_bytes_total\{by="http"\} (\d+)$/m.exec(await curl(lab, 'http://10.98.0.2/metrics'))?.[1]);
  await curl(lan, '-o', '/dev/null', 'http://10.99.0.1/boot/loaders/snponly.efi');
  const before = await sent();
  assert.ok(before >= 200_000, String(before));
  await ip(`-n ${server} link del lan0`);
  await served.running!.until('SERVE_LINK_LOST lan0');
  assert.ok((await sent()) >= before, 'what was counted counts on');
  assert.equal(await curl(lab, 'http://10.98.0.2/healthz'), 'ok\n');
  await plugIn();
  await served.running!.until('SERVE_LINK_BACK lan0');
  assert.match(await udhcpc(lan, 'eth0', ...asFirmware), /^10\.99\.0\.77\/24 loaders\/snponly\.efi /m);
  assert.equal(await curl(lan, 'http://10.99.0.1/healthz'), 'ok\n');
});

test('an interface that loses its address is said, and served when it has it again', { skip }, async () => {
  await ip(`-n ${server} addr del 10.99.0.1/24 dev lan0`);
  await served.running!.until(/SERVE_LINK_BACK[^]*SERVE_LINK_LOST/);
  await ip(`-n ${server} addr add 10.99.0.1/24 dev lan0`);
  await served.running!.until(/SERVE_LINK_BACK[^]*SERVE_LINK_LOST[^]*SERVE_LINK_BACK/);
  assert.equal(await curl(lan, 'http://10.99.0.1/healthz'), 'ok\n');
});

test('a role that changes in cluster.yaml is taken up by the same process', { skip }, async () => {
  const pid = await served.pid();
  await served.edit(cluster('', 'proxy'));
  await served.running!.until(/SERVE_MOVES[^]*BOOT_SERVING .* on lan0 .* role proxy/);
  const { stdout } = await house.in(lan, process.execPath, OFFERS, 'eth0', MACHINE);
  assert.match(stdout, /^10\.99\.0\.1 offers 0\.0\.0\.0 and loaders\/snponly\.efi$/m);
  assert.equal(await served.pid(), pid);
});

test('networks that cannot be served leave those before in force', { skip }, async () => {
  await served.edit(cluster('', 'full').replace('lan0', 'lan9'));
  await served.running!.until(/SERVE_STAYS .*lan9 of the network lan is not on this machine/);
  assert.equal(await curl(lan, 'http://10.99.0.1/healthz'), 'ok\n');
});

test('Ctrl-C ends it with its leases written', { skip }, async () => {
  process.kill(await served.pid(), 'SIGINT');
  const result = await served.running!.ended;
  assert.equal(result?.code, 0);
  assert.match(served.running!.said, /SERVE_ENDED/);
});
