import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusWhere } from '../../lab/lab.ts';
import { startRack } from '../../lab/scenarios/once.ts';
import { writeClusterFile } from '../../src/build/main.ts';
import type { Status } from '../../src/core/api/status.ts';
import { inLab, PATIENCE } from '../fixtures/lab.ts';

/** Keys on real hosts: over TLS, and the same after every machine lost its power. */

/** The lab's cluster.yaml with the UUID of every host beside its MAC. */
const withUuids = (text: string): string =>
  text.replaceAll(/^( +)(?:- )?mac: 52:54:00:00:00:(\d\d)$/gm, (line, indent: string, number: string) =>
    [line, `${indent}  uuid: 70786e00-6c61-4b62-8000-0000000000${number}`].join('\n'),
  );

const keysOf = ({ hosts }: Status) => hosts.map(({ name, sshKey }) => `${name} ${sshKey?.fingerprint ?? '-'}`);

test('SSH host keys and the authority are the same after a power cut; agents report over TLS', PATIENCE, (context) => {
  const writing = (image: string, text: string): Promise<void> => writeClusterFile(image, withUuids(text));
  return inLab(context, { hosts: 2, writeClusterFile: writing }, async (lab) => {
    const { machines } = lab.rack;
    const stay = ({ hosts }: Status): boolean =>
      hosts.length === 2 && hosts.every(({ sshKey }) => sshKey?.stays === true);
    await startRack(lab, machines);
    const before = await statusWhere(lab, 'SSH host keys', stay);
    await Promise.all(machines.map((machine) => machine.powerCut()));
    await startRack(lab, machines);
    const after = await statusWhere(lab, 'SSH host keys after the power cut', stay);
    assert.deepEqual(keysOf(after), keysOf(before));
    assert.equal(new Set(keysOf(after).map((text) => text.split(' ')[1])).size, 2);
    assert.match(after.server.authority ?? '', /^SHA256:/);
    assert.equal(after.server.authority, before.server.authority);
    context.diagnostic(keysOf(after).join('; '));
  });
});
