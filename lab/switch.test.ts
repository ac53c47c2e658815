import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Mac } from '../src/core/net/mac.ts';
import { Switch } from './switch.ts';
import { seeded } from './switch/chance.ts';
import { NO_FAULTS } from './switch/faults.ts';
import { Framer } from './switch/framer.ts';
import type { Port } from './switch/port.ts';
import { ADA, BEA, CAI, EVERYONE, frame, framed, magic, plain, udp } from './switch/testframes.ts';

interface Wire {
  readonly socket: Socket;
  /** The next `count` frames that arrive. */
  readonly take: (count: number) => Promise<Buffer[]>;
}

interface Bench {
  readonly fabric: Switch;
  readonly ports: readonly Port[];
  readonly plug: (port: Port) => Promise<Wire>;
}

async function bench(context: TestContext, macs: readonly Mac[]): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-switch-'));
  const fabric = new Switch(seeded(1));
  const wires: Wire[] = [];
  context.after(() => {
    for (const { socket } of wires) socket.destroy();
    fabric.close();
    rmSync(folder, { recursive: true });
  });
  const ports: Port[] = [];
  for (const mac of macs) ports.push(await fabric.addPort({ name: mac, path: join(folder, mac), mac }));
  const plug = async (port: Port): Promise<Wire> => {
    const opened = await wire(port);
    wires.push(opened);
    return opened;
  };
  return { fabric, ports, plug };
}

async function wire(port: Port): Promise<Wire> {
  const socket = connect(port.path);
  const framer = new Framer();
  const frames: Buffer[] = [];
  socket.on('data', (piece: Buffer) => {
    framer.push(piece, (bytes, start, end) => frames.push(bytes.subarray(start + 4, end)));
    socket.emit('frames');
  });
  await once(socket, 'connect');
  while (!port.isUp) await new Promise(setImmediate);
  const take = async (count: number): Promise<Buffer[]> => {
    while (frames.length < count) await once(socket, 'frames');
    return frames.splice(0, count);
  };
  return { socket, take };
}

test('frames cross in order and reach only whom they are for', async (context) => {
  const { ports, plug } = await bench(context, [ADA, BEA, CAI]);
  const [a, b, c] = (await Promise.all(ports.map(plug))) as [Wire, Wire, Wire];
  b.socket.write(framed(plain(EVERYONE, BEA)));
  await Promise.all([a.take(1), c.take(1)]);
  a.socket.write(framed(plain(BEA, ADA, 1), plain(BEA, ADA, 2), plain(EVERYONE, ADA, 3), plain(BEA, ADA, 4)));
  assert.deepEqual(
    (await b.take(4)).map((got) => got[20]),
    [1, 2, 3, 4],
  );
  assert.deepEqual(await c.take(1), [plain(EVERYONE, ADA, 3)]);
});

test('a machine that is off is woken by a magic packet that forwarding delivers, and by nothing else', async (context) => {
  const { fabric, ports, plug } = await bench(context, [ADA, BEA, CAI]);
  const [portA, portB, portC] = ports as [Port, Port, Port];
  const a = await plug(portA);
  const c = await plug(portC);
  const woken: string[] = [];
  portB.onMagic = (from) => woken.push(from);
  const settled = async (): Promise<void> => {
    a.socket.write(framed(plain(EVERYONE, ADA)));
    await c.take(1);
  };
  fabric.change(portB, { vid: 9 });
  a.socket.write(framed(udp(CAI, ADA, 9, magic(BEA))));
  await c.take(1);
  await settled();
  fabric.change(portB, { vid: 1 });
  c.socket.write(framed(plain(EVERYONE, CAI)));
  await a.take(1);
  // Unicast to a known machine passes by the sleeping one.
  a.socket.write(framed(udp(CAI, ADA, 9, magic(BEA)), plain(EVERYONE, ADA)));
  await c.take(2);
  a.socket.write(framed(udp(EVERYONE, ADA, 9, magic(CAI))));
  await c.take(1);
  await settled();
  assert.deepEqual(woken, []);
  a.socket.write(framed(plain(EVERYONE, ADA), frame(EVERYONE, ADA, 0x0842, magic(BEA)), plain(EVERYONE, ADA)));
  await c.take(3);
  assert.deepEqual(woken, [ADA]);
});

test('a slow reader loses nothing: its sender is held', async (context) => {
  const { ports, plug } = await bench(context, [ADA, BEA]);
  const [a, b] = (await Promise.all(ports.map(plug))) as [Wire, Wire];
  const count = 8000;
  b.socket.pause();
  for (let at = 0; at < count; at++) a.socket.write(framed(frame(BEA, ADA, 0x88b5, Buffer.alloc(1500, at & 255))));
  await new Promise((resolve) => setTimeout(resolve, 100));
  b.socket.resume();
  const got = await b.take(count);
  assert.ok(got.every((frame, at) => frame[100] === (at & 255)));
  assert.equal(ports[1]?.dropped, 0);
});

test('faults of a port touch what passes it, both ways; the same seed, the same frames', async (context) => {
  const arrived = async (): Promise<(number | undefined)[]> => {
    const { fabric, ports, plug } = await bench(context, [ADA, BEA]);
    const [a, b] = (await Promise.all(ports.map(plug))) as [Wire, Wire];
    fabric.fault(ports[1] as Port, { ...NO_FAULTS, loss: 0.5, duplicate: 0.2 });
    for (let tag = 0; tag < 100; tag++) a.socket.write(framed(plain(EVERYONE, ADA, tag)));
    const first = await b.take(40);
    return first.map((frame) => frame[20]);
  };
  const [one, two] = [await arrived(), await arrived()];
  assert.deepEqual(one, two);
  assert.ok(new Set(one).size < one.length, 'some came twice');
  assert.ok((one.at(-1) ?? 0) > 45, 'some were lost');
});

test('a machine that breaks the framing loses its link, not the switch', async (context) => {
  const { ports, plug } = await bench(context, [ADA, BEA]);
  const [a] = (await Promise.all(ports.map(plug))) as [Wire, Wire];
  a.socket.on('error', () => undefined);
  a.socket.write(Buffer.alloc(16, 0xff));
  await once(a.socket, 'close');
  assert.equal(ports[1]?.isUp, true);
});
