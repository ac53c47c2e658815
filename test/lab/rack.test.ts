import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Board } from '../../lab/board.ts';
import { runLab, type LabOptions } from '../../lab/main.ts';
import { buildRack, type Rack } from '../../lab/rack.ts';
import { labResult } from '../../lab/result.ts';
import { Capture } from '../../lab/switch/capture.ts';
import { isDhcpRequest, source } from '../../lab/switch/frame.ts';
import { framed, magic, plain, udp } from '../../lab/switch/testframes.ts';
import { findTools } from '../../lab/tools.ts';
import { macBytes, type Mac } from '../../src/core/net/mac.ts';
import { Failure } from '../../src/shell/fail.ts';
import { run } from '../../src/shell/run.ts';

/** Real QEMU, real firmware, no image: short boots that end at the firmware's own network boot. */

const TESTER = '52:54:00:ff:ff:01' as Mac;
const EVERYONE = 'ff:ff:ff:ff:ff:ff' as Mac;
const PATIENCE = { timeout: 120_000 };

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-test-lab-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An image that passes for a drive: a boot sector that only halts (`hlt`, and back to it). */
function haltingDrive(folder: string): LabOptions['drive'] {
  const image = Buffer.alloc(1 << 20);
  image.set([0xf4, 0xeb, 0xfd]);
  image.set([0x55, 0xaa], 510);
  const path = join(folder, 'halt.img');
  writeFileSync(path, image);
  return { path, bytes: image.length };
}

async function openRack(context: TestContext, folder: string, board: Board): Promise<Rack> {
  const tools = await findTools(run, 'bios');
  const writeClusterFile = (): Promise<void> => Promise.resolve();
  const options = { drive: haltingDrive(folder), writeClusterFile, hosts: 2, firmware: 'bios' } as const;
  const rack = await buildRack(options, { run, tools, folder: join(folder, 'rack'), events: board.events });
  context.after(() => rack.close());
  return rack;
}

async function tester(context: TestContext, rack: Rack, folder: string): Promise<Socket> {
  const port = await rack.switch.addPort({ name: 'tester', path: join(folder, 'tester') });
  const socket = connect(port.path);
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The frames of a capture (lab/switch/pcap.ts). */
function framesOf(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const frames: Buffer[] = [];
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    frames.push(bytes.subarray(at + 16, at + 16 + bytes.readUInt32LE(at + 8)));
  }
  return frames;
}

test(
  'a magic packet wakes a machine, whose firmware then asks for DHCP; the operator sees none of it',
  PATIENCE,
  async (context) => {
    const folder = folderFor(context);
    const board = new Board(() => undefined);
    const rack = await openRack(context, folder, board);
    const [, bea] = rack.machines;
    assert.ok(bea !== undefined);
    const socket = await tester(context, rack, folder);
    const operatorCapture = new Capture(join(folder, 'operator.pcap'));
    const all = new Capture(join(folder, 'all.pcap'));
    rack.switch.capture(operatorCapture, rack.switch.port('operator'));
    rack.switch.capture(all);
    socket.write(framed(plain(EVERYONE, TESTER), udp(EVERYONE, TESTER, 9, magic(bea.spec.mac))));
    while (board.boot(bea)?.seconds.firmware === null || !bea.isOn) await sleep(50);
    assert.equal(bea.cause, TESTER);
    assert.equal(rack.host0.isOn, false);
    await bea.powerCut();
    assert.equal(bea.isOn, false);
    rack.switch.endCapture(all);
    rack.switch.endCapture(operatorCapture);
    const mac = Buffer.from(macBytes(bea.spec.mac)).readUIntBE(0, 6);
    const asked = (path: string): boolean =>
      framesOf(path).some((frame) => source(frame, 0) === mac && isDhcpRequest(frame, 0));
    assert.equal(asked(all.path), true);
    assert.equal(asked(operatorCapture.path), false);
    assert.match(readFileSync(bea.consoleLog, 'latin1'), /SeaBIOS/);
  },
);

/** A connection to the operator's port; QEMU may not listen there yet. */
async function joined(port: number): Promise<Socket> {
  for (;;) {
    const client = connect({ host: '127.0.0.1', port });
    try {
      await once(client, 'connect');
      return client.on('error', () => undefined);
    } catch {
      await sleep(100);
    }
  }
}

test(
  "the operator's way leads into the rack: a connection there asks for the service address",
  PATIENCE,
  async (context) => {
    const folder = folderFor(context);
    const rack = await openRack(context, folder, new Board(() => undefined));
    const socket = await tester(context, rack, folder);
    const client = await joined(Number(new URL(rack.operator.url).port));
    context.after(() => client.destroy());
    /** ARP request, who has 10.123.45.1 (RFC 826). */
    const wanted = Buffer.from('0a7b2d01', 'hex');
    const [piece] = (await once(socket, 'data')) as [Buffer];
    assert.equal(piece.readUInt16BE(4 + 12), 0x0806);
    assert.deepEqual(piece.subarray(4 + 38, 4 + 42), wanted);
  },
);

function options(folder: string, more: Partial<LabOptions>): LabOptions {
  return {
    drive: haltingDrive(folder),
    image: { release: 'none', bytes: 0, sha256: '' },
    writeClusterFile: () => Promise.resolve(),
    hosts: 1,
    firmware: 'bios',
    scenario: 'once',
    timeoutSeconds: 3,
    headless: true,
    keep: false,
    workdir: join(folder, 'work'),
    jsonFile: join(folder, 'result.json'),
    once: true,
    write: () => undefined,
    ...more,
  };
}

const resultIn = (folder: string) => labResult.parse(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')));

test('a run whose time is over leaves its result and nothing that runs', PATIENCE, async (context) => {
  const folder = folderFor(context);
  const said: string[] = [];
  const result = await runLab(options(folder, { write: (text) => said.push(text) }));
  assert.deepEqual(resultIn(folder), result);
  assert.equal(result.ok, false);
  assert.deepEqual([result.failed?.step, result.failed?.machine], ['firmware', 'ada']);
  assert.match(said.join(''), /failed at firmware of ada: the time for the whole run, 3 s, is over/);
});

test('a mistake is thrown as a sentence, and the result says it too', PATIENCE, async (context) => {
  const folder = folderFor(context);
  const drive = { path: join(folder, 'no.img'), bytes: 1 };
  await assert.rejects(runLab(options(folder, { drive })), Failure);
  assert.match(resultIn(folder).failed?.lastLines.join('') ?? '', /no\.img cannot be read/);
  await assert.rejects(runLab(options(folder, { scenario: 'drive-pulled' })), /needs two machines/);
});
