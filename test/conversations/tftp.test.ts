import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTftp, encodeTftp, type TftpPacket } from '../../src/core/tftp/packet.ts';
import { serveTftp } from '../../src/host0/tftp.ts';
import type { TftpDeps } from '../../src/host0/tftpTransfer.ts';
import { FakeClock } from '../../src/shell/fake/clock.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { FakeNetwork } from '../../src/shell/fake/network.ts';
import type { Files } from '../../src/shell/files.ts';
import type { Endpoint } from '../../src/shell/udp.ts';
import { policy } from '../fixtures/policy.ts';
import { ip } from '../fixtures/dhcp.ts';
import { SERVER } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** TFTP packet by packet, as odd clients speak it. */

const FILE = Uint8Array.from({ length: 5000 }, (_, at) => at & 0xff);
const CLIENT = ip('10.1.2.9');
const ASKED = { blksize: '1000' };

async function serve(more: Partial<TftpDeps> = {}) {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  const log = new FakeLog();
  const sent: string[] = [];
  const port = await network.machine(SERVER)({ port: 69 });
  const deps: TftpDeps = {
    policy: () => policy(),
    files: fakeFiles(new Map([['f', FILE]])),
    made: async () => undefined,
    open: network.machine(SERVER),
    address: SERVER,
    clock,
    log,
    sent: (to, path, bytes) => sent.push(`${to} ${path} ${bytes}`),
    brokeOff: (to, path, bytes, why) => sent.push(`${to} ${path} ${bytes} ${why}`),
    ...more,
  };
  return { clock, network, log, sent, server: serveTftp(port, deps) };
}

type Served = Awaited<ReturnType<typeof serve>>;

/** A client that says only what a test says, from a port of its own. */
async function speaker({ network, clock }: Pick<Served, 'network' | 'clock'>, address = CLIENT) {
  const port = await network.machine(address)({ port: 0 });
  const heard: { readonly packet: TftpPacket; readonly from: Endpoint }[] = [];
  port.receive((bytes, from) => heard.push({ packet: decodeTftp(bytes), from }));
  return {
    port,
    heard,
    kinds: () => heard.map(({ packet }) => (packet.kind === 'data' ? packet.block : packet.kind)),
    ask: async (path: string, options: Record<string, string> = {}, kind: 'read' | 'write' = 'read') => {
      const packet: TftpPacket = { kind, path, mode: 'octet', options: new Map(Object.entries(options)) };
      port.send(encodeTftp(packet), { address: SERVER, port: 69 });
      await clock.pass(5);
    },
    say: async (packet: TftpPacket, to = heard.at(-1)?.from) => {
      port.send(encodeTftp(packet), to ?? { address: SERVER, port: 69 });
      await clock.pass(5);
    },
  };
}

const ack = (block: number): TftpPacket => ({ kind: 'ack', block });

test('I4: asked again in other words from the same port, a transfer begins anew', async () => {
  const rig = await serve();
  const client = await speaker(rig);
  await client.ask('f', ASKED);
  await client.ask('f', ASKED);
  await client.ask('f');
  assert.deepEqual(client.kinds(), ['oack', 'oack', 1]);
  assert.equal(rig.server.count().running, 1);
  for (let block = 1; block <= 10; block += 1) await client.say(ack(block));
  assert.deepEqual(rig.sent, ['10.1.2.9 f 0 the client asked anew', '10.1.2.9 f 5000']);
});

test('I4: after an error 8 the client is served without options, and nothing lingers', async () => {
  const rig = await serve();
  const first = await speaker(rig);
  await first.ask('f', ASKED);
  await first.say({ kind: 'error', code: 8, message: 'User aborted the transfer' });
  assert.equal(rig.server.count().running, 0);
  const again = await new TftpClient(rig, CLIENT).get('f');
  assert.deepEqual(again, Buffer.from(FILE));
});

test('I4: asked again from another port, an answer that was repeated in vain is given up', async () => {
  const rig = await serve();
  await (await speaker(rig)).ask('f', ASKED);
  await rig.clock.pass(1500);
  const second = await speaker(rig);
  await second.ask('f');
  assert.deepEqual([rig.server.count().running, second.kinds()], [1, [1]]);
});

test('I5: a client that asks for the size and ends it has not failed', async () => {
  const rig = await serve();
  const client = await speaker(rig);
  await client.ask('f', { tsize: '0' });
  const answer = client.heard[0]?.packet;
  assert.equal(answer?.kind === 'oack' && answer.options.get('tsize'), '5000');
  await client.say({ kind: 'error', code: 8, message: 'User aborted the transfer' });
  assert.deepEqual([rig.sent, rig.log.of('TFTP_BROKE_OFF'), rig.log.of('TFTP_PROBED').length], [[], [], 1]);
});

test('I11: a packet from a wrong port gets an error 5, and the transfer goes on', async () => {
  const rig = await serve();
  const client = await speaker(rig);
  await client.ask('f', ASKED);
  const stranger = await speaker(rig, ip('10.1.2.66'));
  const transfer = client.heard[0]?.from;
  await stranger.say(ack(0), transfer);
  await stranger.say({ kind: 'error', code: 5, message: 'no' }, transfer);
  const said = stranger.heard.map(({ packet }) => packet);
  assert.deepEqual(said, [{ kind: 'error', code: 5, message: 'not your transfer' }]);
  await client.say(ack(0));
  assert.deepEqual(client.kinds(), ['oack', 1]);
});

test('I12: with a single port everything comes from it, for several clients at once', async () => {
  const rig = await serve({ singlePort: true });
  const both = await Promise.all([speaker(rig), speaker(rig, ip('10.1.2.10'))]);
  for (const client of both) await client.ask('f', ASKED);
  for (let block = 0; block <= 6; block += 1) for (const client of both) await client.say(ack(block));
  for (const client of both) {
    assert.deepEqual(client.kinds(), ['oack', 1, 2, 3, 4, 5, 6]);
    assert.ok(client.heard.every(({ from }) => from.port === 69));
  }
  assert.equal(rig.sent.length, 2);
});

test('I16: nothing may be written', async () => {
  const rig = await serve();
  const client = await speaker(rig);
  await client.ask('f', {}, 'write');
  assert.deepEqual(client.heard[0]?.packet, { kind: 'error', code: 2, message: 'nothing may be written [file.write]' });
});

test('I15: what is not there is said at once, also while all transfers are taken', async () => {
  const rig = await serve({ atOnce: 1 });
  await (await speaker(rig)).ask('f', ASKED);
  const client = await speaker(rig, ip('10.1.2.10'));
  await client.ask('pxelinux.cfg/default');
  assert.deepEqual(client.heard[0]?.packet, { kind: 'error', code: 1, message: 'no such file' });
});

test('I17: a request beyond the limit waits its turn, and is not refused', async () => {
  const rig = await serve({ atOnce: 2 });
  const clients = [1, 2, 3, 4, 5, 6].map((last) => new TftpClient(rig, ip(`10.1.2.${last + 10}`)));
  const files = await Promise.all(clients.map((client) => client.get('f', ASKED)));
  assert.ok(files.every((file) => Buffer.from(FILE).equals(file as Buffer)));
  const { running, waiting, files: whole, bytes } = rig.server.count();
  assert.deepEqual([running, waiting, whole, bytes], [0, 0, 6, 30_000]);
});

test('I17, I8: a request that waits keeps its place when it is repeated', async () => {
  const rig = await serve({ atOnce: 1 });
  const [first, second, third] = await Promise.all([11, 12, 13].map((last) => speaker(rig, ip(`10.1.2.${last}`))));
  for (const client of [first, second, third, second]) await client?.ask('f', ASKED);
  await first?.say({ kind: 'error', code: 0, message: 'enough' });
  assert.deepEqual([second?.kinds(), third?.kinds()], [['oack'], []]);
});

test('I17: a flood from one machine keeps another waiting no longer than a repetition takes', async () => {
  const rig = await serve({ atOnce: 4 });
  for (let count = 0; count < 40; count += 1) await (await speaker(rig)).ask('f', ASKED);
  await rig.clock.pass(1000);
  const other = await speaker(rig, ip('10.1.2.10'));
  await other.ask('f', ASKED);
  assert.deepEqual(other.kinds(), ['oack']);
});

test('what is made for one machine goes before what lies in the folder', async () => {
  const made = async (path: string, from: string) =>
    path === 'autoexec.ipxe' ? new Uint8Array(Buffer.from(`#!ipxe\n# ${from}\n`)) : undefined;
  const rig = await serve({ made });
  assert.equal(String(await new TftpClient(rig, CLIENT).get('autoexec.ipxe')), '#!ipxe\n# 10.1.2.9\n');
});

/** A file that is not held: every read takes a while. */
/** A file that is not held, read later or at once; into the memory of the piece before, where that is given. */
function unheldFiles(bytes: Uint8Array, atOnce: boolean, fails = false): Files {
  const now = (from: number, to: number, into: Uint8Array = new Uint8Array(to - from)): Uint8Array => {
    if (fails && from > 0) throw new Error('input/output error');
    into.set(bytes.subarray(from, to));
    return into.subarray(0, to - from);
  };
  const later = async (from: number, to: number, into?: Uint8Array): Promise<Uint8Array> => now(from, to, into);
  const file = { info: { size: bytes.length, modified: 0 }, isHeld: false, close: async () => undefined };
  return { ...fakeFiles(new Map()), open: async () => ({ ...file, read: atOnce ? now : later }) };
}

test('a file that is not held is read piece by piece, whatever its size, later or at once', async () => {
  const bytes = Uint8Array.from({ length: 1_000_001 }, (_, at) => (at * 7 + (at >> 10)) & 0xff);
  for (const atOnce of [false, true]) {
    const rig = await serve({ files: unheldFiles(bytes, atOnce) });
    const file = await new TftpClient(rig, CLIENT).get('f', { blksize: '1400', windowsize: '7' });
    assert.deepEqual(file, Buffer.from(bytes));
  }
});

test('a file that cannot be read on breaks its transfer off', async () => {
  for (const atOnce of [false, true]) {
    const rig = await serve({ files: unheldFiles(new Uint8Array(1_000_000), atOnce, true) });
    await new TftpClient(rig, CLIENT).get('f', { blksize: '1400' }, 2000);
    assert.match(rig.sent[0] ?? '', /^10\.1\.2\.9 f \d+ .*input\/output error/);
    assert.equal(rig.server.count().running, 0);
  }
});

test('I7: a lost block is repeated by what the client took before, not by the first guess', async () => {
  const rig = await serve();
  const client = await speaker(rig);
  await client.ask('f', ASKED);
  for (let block = 0; block < 4; block += 1) await client.say(ack(block));
  assert.deepEqual(client.kinds(), ['oack', 1, 2, 3, 4]);
  await rig.clock.pass(15);
  assert.deepEqual(client.kinds(), ['oack', 1, 2, 3, 4, 4]);
});
