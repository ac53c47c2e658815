import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Board } from '../../lab/board.ts';
import { statusWhere, TCG_FACTOR, type Lab } from '../../lab/lab.ts';
import { buildRack } from '../../lab/rack.ts';
import { startRack } from '../../lab/scenarios/once.ts';
import { findTools } from '../../lab/tools.ts';
import { ensureDrive, writeClusterFile } from '../../src/build/main.ts';
import type { Status } from '../../src/core/api/status.ts';
import { realClock } from '../../src/shell/clock.ts';
import { run } from '../../src/shell/run.ts';
import { PATIENCE } from '../fixtures/lab.ts';

/** Keys on real hosts: over TLS, and the same after every machine lost its power. */

/** The lab's cluster.yaml with the UUID of every host beside its MAC. */
const withUuids = (text: string): string =>
  text.replaceAll(/^( +)(?:- )?mac: 52:54:00:00:00:(\d\d)$/gm, (line, indent: string, number: string) =>
    [line, `${indent}  uuid: 70786e00-6c61-4b62-8000-0000000000${number}`].join('\n'),
  );

const keysOf = ({ hosts }: Status) => hosts.map(({ name, sshKey }) => `${name} ${sshKey?.fingerprint ?? '-'}`);

test(
  'SSH host keys and the authority are the same after a power cut; agents report over TLS',
  PATIENCE,
  async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'pxen-test-lab-'));
    const drive = await ensureDrive((what) => process.stderr.write(`${what}\n`));
    const tools = await findTools(run, 'bios');
    const board = new Board((machine, at, what) => context.diagnostic(`${at} ${machine.spec.name} ${what}`));
    const writing = (image: string, text: string): Promise<void> => writeClusterFile(image, withUuids(text));
    const options = { drive, writeClusterFile: writing, hosts: 2, firmware: 'bios' } as const;
    const rack = await buildRack(options, { run, tools, folder: join(folder, 'rack'), events: board.events });
    const lab: Lab = {
      rack,
      board,
      clock: realClock,
      say: (sentence) => context.diagnostic(sentence),
      signal: AbortSignal.timeout(PATIENCE.timeout - 60_000),
      factor: tools.accel === 'kvm' ? 1 : TCG_FACTOR,
      waitingFor: { step: 'power on', machine: null, lastLines: [] },
      status: undefined,
    };
    try {
      const stay = ({ hosts }: Status): boolean =>
        hosts.length === 2 && hosts.every(({ sshKey }) => sshKey?.stays === true);
      await startRack(lab, rack.machines);
      const before = await statusWhere(lab, 'SSH host keys', stay);
      await Promise.all(rack.machines.map((machine) => machine.powerCut()));
      await startRack(lab, rack.machines);
      const after = await statusWhere(lab, 'SSH host keys after the power cut', stay);
      assert.deepEqual(keysOf(after), keysOf(before));
      assert.equal(new Set(keysOf(after).map((text) => text.split(' ')[1])).size, 2);
      assert.match(after.server.authority ?? '', /^SHA256:/);
      assert.equal(after.server.authority, before.server.authority);
      context.diagnostic(keysOf(after).join('; '));
    } finally {
      await rack.close();
    }
    await rm(folder, { recursive: true, force: true });
  },
);
