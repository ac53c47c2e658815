import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { allReady, statusWhere, type Lab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';
import { readDriveFile, writeClusterFile, writeDriveFile } from '../../src/build/main.ts';
import type { Status } from '../../src/core/api/status.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { consoleOf, inLab, PATIENCE } from '../fixtures/lab.ts';

/** What happens to hosts that nobody listed: another card in another slot, and a mess in the cluster's file. */

const OTHER_MAC = '52:54:00:ab:cd:ef' as Mac;

/** The lab's cluster.yaml without hosts and guests: everything that asks is booted. */
const withoutHosts = (drive: string, text: string): Promise<void> =>
  writeClusterFile(drive, stringify({ ...(parse(text) as object), hosts: [], vms: [] }));

const reportOf = ({ hosts }: Status, machine: Machine) =>
  hosts.find(({ report }) => report?.host.uuid === machine.spec.uuid);

const isUpWith = (machine: Machine) => (status: Status) => {
  const host = reportOf(status, machine);
  return host?.state === 'ready' && host.report?.PIFs.some(({ MAC }) => MAC === machine.spec.mac) === true;
};

/** Until all screens show a line. */
async function onEveryScreen({ rack, signal }: Lab, wanted: RegExp): Promise<void> {
  for (const machine of rack.machines)
    while (!wanted.test(consoleOf(machine))) await sleep(1000, undefined, { signal });
}

test(
  'a host keeps its name with another card in another slot; a mess in cluster.yaml is on every screen, and harms none',
  PATIENCE,
  (context) =>
    inLab(context, { hosts: 2, writeClusterFile: withoutHosts }, async (lab) => {
      const { rack } = lab;
      const [host0, bea] = rack.machines as readonly [Machine, Machine];
      await host0.powerOn();
      await allReady(lab, [host0]);
      await bea.powerOn();
      const before = reportOf(await statusWhere(lab, 'the host', isUpWith(bea)), bea);

      const good = await readDriveFile(rack.drive, 'cluster.yaml');
      await host0.pullDrive();
      await sleep(10_000);
      await writeDriveFile(rack.drive, 'cluster.yaml', `${good}\n}{ not yaml at all\n`);
      await host0.plugDrive();
      await onEveryScreen(lab, /WARNING: .*cluster\.yaml/);

      await bea.powerCut();
      bea.changeCard({ card: 'e1000', mac: OTHER_MAC, slot: 0x11 });
      await bea.powerOn();
      const moved = await statusWhere(lab, 'the host with another card', isUpWith(bea));
      const after = reportOf(moved, bea);
      context.diagnostic(`${before?.name} ${after?.name}`);
      assert.equal(after?.name, before?.name);
      assert.ok(before?.name);
      assert.ok(
        moved.warnings.some((warning) => warning.includes('cluster.yaml')),
        moved.warnings.join('; '),
      );
    }),
);
