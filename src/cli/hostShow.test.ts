import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { report } from '../../test/fixtures/cluster.ts';
import type { Status } from '../core/api/status.ts';
import { run } from '../shell/run.ts';

const TEXT = `version: 1
cluster: { name: lab }
hosts: [{ mac: 52:54:00:00:00:01, name: ada }]
settings:
  - { sysctl: { vm.swappiness: 7, vm.dirty_ratio: 5 }, modules: [gone], kernelArgs: [panic=30] }
  - { for: { hardware: { firmware: bios } }, xenArgs: [sched=null] }
`;

/** A boot server that knows one host, which reports what it has. */
async function serverOf(t: TestContext, told: object): Promise<string> {
  const status: Status = {
    schema: 'pxen.status/1',
    cluster: { name: 'lab' },
    server: { address: '10.1.2.1', release: 'r1', drive: 'present', uptime: 1 },
    hosts: [
      {
        name: 'ada',
        mac: '52:54:00:00:00:01',
        state: 'ready',
        problem: null,
        timeline: [],
        report: { ...report(1), ...told },
      },
    ],
    vms: [],
    warnings: [],
  };
  const server = createServer((_, response) => response.end(JSON.stringify(status)));
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function show(t: TestContext, ...more: string[]): Promise<string> {
  const file = join(folderFor(t), 'cluster.yaml');
  await writeFile(file, TEXT);
  const words = [process.execPath, '--no-warnings', join(import.meta.dirname, 'main.ts'), 'host', 'show', 'ada'];
  return (await run([...words, '--file', file, ...more])).stdout;
}

test('what a host has of its settings, and what comes, goes or failed', async (t) => {
  const server = await serverOf(t, {
    applied: ['module gone', 'sysctl vm.swappiness = 7', 'sysctl vm.laptop_mode = 1'],
    notApplied: ['module gone: it is not loaded: is there such a module?'],
    arguments: { xen: 'watchdog sched=null', linux: 'quiet panic=10' },
  });
  const text = await show(t, '--server', server);
  for (const line of [
    /^kernelArgs panic +panic=30 /m,
    /^xenArgs sched +sched=null /m,
    /^ada reports:$/m,
    /^ {2}in force {9}xenArgs sched=null$/m,
    /^ {2}in force {9}sysctl vm\.swappiness = 7$/m,
    /^ {2}from next boot {3}kernelArgs panic=30$/m,
    /^ {2}from next boot {3}sysctl vm\.dirty_ratio = 5$/m,
    /^ {2}until next boot {2}sysctl vm\.laptop_mode = 1$/m,
    /^ {2}failed {11}module gone: it is not loaded/m,
  ])
    assert.match(text, line);
  const { applied } = JSON.parse(await show(t, '--server', server, '--json'));
  assert.deepEqual(applied.untilNextBoot, ['sysctl vm.laptop_mode = 1']);
});

test('nobody is asked where no boot server is named; then hardware is not known, which is said', async (t) => {
  const text = await show(t);
  assert.match(text, /^note: what is chosen by hardware is left out/m);
  assert.doesNotMatch(text, /reports|sched/);
});

test('programs are told of the SSH host key what people are', async (t) => {
  const { sshKey } = JSON.parse(await show(t, '--json')) as { sshKey: object };
  assert.deepEqual({ ...sshKey, note: '' }, { fingerprint: null, stays: false, note: '' });
  const text = await show(t);
  assert.match(text, /^SSH host key: a new one at each boot: /m);
});
