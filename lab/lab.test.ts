import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Board } from './board.ts';
import { LabFailure, woken, type Lab } from './lab.ts';
import { Machine } from './machine.ts';
import { machines } from './plan.ts';
import { Switch } from './switch.ts';
import { seeded } from './switch/chance.ts';
import { wakeState } from './switch/wake.ts';

/** Two machines that are off, on a switch, and a clock that runs as fast as one asks. */
async function offRack(context: TestContext): Promise<{ lab: Lab; late: Machine }> {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-off-'));
  const fabric = new Switch(seeded(1));
  context.after(() => {
    fabric.close();
    rmSync(folder, { recursive: true });
  });
  const board = new Board(() => undefined);
  const specs = machines({ hosts: 2, firmware: 'bios', drive: '/drive', folder: (name) => join(folder, name) });
  const built: Machine[] = [];
  for (const spec of specs) {
    const port = await fabric.addPort({ name: spec.name, path: join(folder, `${spec.name}.net`), mac: spec.mac });
    const tools = { qemu: 'none', accel: 'tcg', ovmf: null } as const;
    const place = { tools, folder: join(folder, spec.name), sockets: folder, port, events: board.events };
    built.push(new Machine(spec, wakeState('unarmed'), place));
  }
  const [host0, late] = built as [Machine, Machine];
  const process = {
    kill: () => undefined,
    isRunning: () => true,
    type: () => undefined,
    complaint: () => '',
    ended: Promise.resolve(0),
  };
  const operator = { url: 'http://127.0.0.1:9', process };
  const rack = { switch: fabric, machines: built, host0, operator, drive: '', close: () => Promise.resolve() };
  let now = 0;
  const clock = { now: () => now, sleep: (milliseconds: number) => Promise.resolve(void (now += milliseconds)) };
  const waitingFor = { step: '', machine: null, lastLines: [] };
  const signal = AbortSignal.timeout(60_000);
  return { lab: { rack, board, clock, say: () => undefined, signal, factor: 2, waitingFor, status: undefined }, late };
}

test('a machine that never wakes is a failure that names machine, address and why', async (context) => {
  const { lab, late } = await offRack(context);
  await assert.rejects(woken(lab, late), (error) => {
    assert.ok(error instanceof LabFailure);
    assert.match(
      error.message,
      /^bea never woke: no magic packet for 52:54:00:00:00:02 .* in 40 s \(its card is not armed\)/,
    );
    assert.match(error.remedy, /switch\.pcap/);
    return error.failed.step === 'wake' && error.failed.machine === 'bea';
  });
});
