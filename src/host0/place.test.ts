import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, entry } from '../../test/fixtures/cluster.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun, type Answers } from '../shell/fake/run.ts';
import type { Run } from '../shell/run.ts';
import { readArguments } from './arguments.ts';
import { recordPlace, takePlace } from './place.ts';

const FACTS = '/run/pxen/boot.env';
const HOST: Record<string, string> = {
  [FACTS]: "PXEN_BOOT='drive'\nPXEN_SERVER=''\nPXEN_MAC='52:54:00:00:00:01'\nPXEN_RELEASE='r1'\n",
  '/sys/class/net/xenbr0/address': '52:54:00:00:00:01\n',
  '/sys/class/net/lo/address': '00:00:00:00:00:00\n',
};
const LAB = cluster({
  hosts: [entry(1, 'ada')],
  networks: { main: { subnet: '10.1.2.0/24', gateway: '10.1.2.1', domain: 'lab.internal' } },
});
const ON_HOST = ['--facts', FACTS];

function host(words: readonly string[] = ON_HOST, tools: Answers = { 'busybox arping': '', ip: '' }, run?: Run) {
  const asked: string[] = [];
  const files = new FakeHostFiles(HOST);
  const args = readArguments(['--dir', '/run/pxen/drive', '--interface', 'xenbr0', ...words]);
  return { args, files, asked, deps: { run: run ?? fakeRun(tools, asked), files, log: new FakeLog() } };
}

test('works: the first free address that is not the gateway, and what cluster.yaml says beside it', async () => {
  const { args, asked, deps } = host();
  const place = await takePlace(args, LAB, deps);
  const { address, gateway, domain, role } = place;
  assert.deepEqual([address, gateway, domain, role], ['10.1.2.2', '10.1.2.1', 'lab.internal', 'full']);
  assert.ok(place.own.has(entry(1, 'ada').mac));
  assert.equal(asked.at(-1), 'ip address replace 10.1.2.2/24 dev xenbr0');
});

test('the agent is told by the facts, which keep what stood there; a server that begins anew asks nobody', async () => {
  const { args, files, asked, deps } = host();
  await recordPlace(args, LAB, await takePlace(args, LAB, deps), deps);
  const text = files.texts.get(FACTS) ?? '';
  for (const line of ["BOOT='drive'", "SERVER='10.1.2.2'", "NAME='ada'", "CLUSTER='lab'", "RELEASE='r1'"])
    assert.ok(text.includes(`PXEN_${line}\n`), line);
  asked.length = 0;
  const other = cluster({ networks: { main: { subnet: '10.9.9.0/24' } } });
  assert.equal((await takePlace(args, other, deps)).address, '10.1.2.2');
  assert.deepEqual(asked, ['ip address replace 10.1.2.2/24 dev xenbr0']);
});

test('a host that cluster.yaml does not name is called after its UUID', async () => {
  const { args, files, deps } = host();
  const nameless = cluster();
  await recordPlace(args, nameless, await takePlace(args, nameless, deps), deps);
  assert.match(files.texts.get(FACTS) ?? '', /^PXEN_NAME='[a-z]+-[a-z]+-[0-9a-f]{4}'$/m);
});

test('an address that somebody has is left to them; where all are taken, a sentence says so', async () => {
  const taken = new Set(['10.1.2.2', '10.1.2.3']);
  const run: Run = async (command) => ({ code: taken.has(command.at(-1) ?? '') ? 1 : 0, stdout: '', stderr: '' });
  const { args, deps } = host(ON_HOST, {}, run);
  assert.equal((await takePlace(args, LAB, deps)).address, '10.1.2.4');
  const full: Run = async () => ({ code: 1, stdout: '', stderr: '' });
  await assert.rejects(takePlace(args, LAB, { ...deps, run: full }), /all addresses .* are in use/);
});

test('broken: without a tool to ask who has an address, it takes the first and says so', async () => {
  const { args, deps } = host(ON_HOST, { 'busybox arping': new Error('not there'), ip: '' });
  assert.equal((await takePlace(args, LAB, deps)).address, '10.1.2.2');
  assert.match(deps.log.of('BOOT_PROBE_FAILED')[0] ?? '', /10\.1\.2\.2: not there/);
});

test('an address, role and gateway of the call go before; a gateway elsewhere is none; nothing is put down', async () => {
  const { args, files, asked, deps } = host(['--address', '10.9.0.1/24', '--role', 'silent']);
  const place = await takePlace(args, LAB, deps);
  assert.deepEqual([place.address, place.role, place.gateway, asked], ['10.9.0.1', 'silent', undefined, []]);
  await recordPlace(args, LAB, place, deps);
  assert.equal(files.texts.get(FACTS), HOST[FACTS]);
  const silent = cluster({ networks: { main: { dhcp: 'silent' } } });
  const { args: other } = host(['--address', '10.9.0.1/24', '--gateway', '10.9.0.254']);
  const there = await takePlace(other, silent, deps);
  assert.deepEqual([there.role, there.gateway], ['silent', '10.9.0.254']);
});
