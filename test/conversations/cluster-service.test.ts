import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportReply } from '../../src/core/api/report.ts';
import type { BootView, KnownMachine } from '../../src/core/api/service.ts';
import { status, type Status, type TimelineEntry } from '../../src/core/api/status.ts';
import { srUuid, vdiUuid, vmUuid } from '../../src/core/identity/uuid.ts';
import { MISSED_UNTIL_LOST } from '../../src/core/inventory/inventory.ts';
import { statusText } from '../../src/core/inventory/statusText.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { createClusterService, ROUND } from '../../src/host0/cluster.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { disk, domain, entry, mac, report, sr, uuid, vdi, vm, wanted } from '../fixtures/cluster.ts';

/** A server whose clock the test turns, and which remembers what the boot server was told. */
function server(
  parts: Record<string, unknown>,
  machines: readonly KnownMachine[] = [],
  twins: ReturnType<BootView['twins']> = [],
) {
  const timelines = new Map<Mac, TimelineEntry[]>();
  const told: [Mac, boolean][] = [];
  let now = 0;
  let drive: Status['server']['drive'] = 'present';
  let warnings: readonly string[] = [];
  const boot: BootView = {
    timelines: {
      add: (of, step, detail) => void timelines.set(of, [...(timelines.get(of) ?? []), { at: 0, step, detail }]),
      of: (of) => timelines.get(of) ?? [],
      macs: () => [...timelines.keys()],
    },
    machines: () => machines,
    machineAt: () => undefined,
    reported: (of, healthy) => void told.push([of, healthy]),
    twins: () => twins,
    address: '10.0.0.1' as Ipv4,
    release: 'r1',
    uptime: () => now / 1000,
  };
  const { images, cluster } = wanted(parts);
  const log = new FakeLog();
  const clock = { now: () => now, sleep: async () => undefined };
  const deps = { cluster: () => cluster, images, boot, drive: async () => drive, warnings: () => warnings, clock, log };
  const service = createClusterService(deps);
  const ask = async (method: string, path: string, body: unknown = '', query: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const from = '10.0.0.2' as Ipv4;
    const way = { from, fromPort: 700, secure: true };
    const request = { method, path, query: new Map(Object.entries(query)), body: Buffer.from(text), ...way };
    const response = await service.handle(request);
    return { status: response.status, value: JSON.parse(String(response.body)) as unknown };
  };
  return {
    service,
    boot,
    told,
    log,
    ask,
    tell: async (body: unknown) => reportReply.parse((await ask('POST', '/api/v1/report', body)).value),
    state: async () => status.parse((await ask('GET', '/api/v1/status')).value),
    wait: (rounds: number) => (now += rounds * ROUND),
    pull: () => (drive = 'pulled'),
    warn: (...all: string[]) => (warnings = all),
  };
}

const SR = srUuid('lab', 'S1');
const hello = { hosts: [entry(1, 'ada')], vms: [vm('hello')] };

test('from an empty disk to a running VM, one report after the other', async () => {
  const { tell, state } = server(hello);
  const first = await tell(report(1));
  assert.deepEqual(
    first.steps.map((step) => step.kind),
    ['sr.create'],
  );
  const ours = { disks: [disk(1, 'ours')], SRs: [sr(SR)] };
  const second = await tell(report(1, { ...ours, counter: 2 }));
  assert.deepEqual(
    second.steps.map((step) => step.kind),
    ['vdi.create'],
  );
  const withDisk = { ...ours, VDIs: [vdi(vdiUuid('lab', 'hello'), SR)] };
  const third = await tell(report(1, { ...withDisk, counter: 3 }));
  assert.deepEqual(
    third.steps.map((step) => step.kind),
    ['vm.start'],
  );
  assert.equal((await state()).vms[0]?.state, 'starting');
  const running = { ...domain(vmUuid('lab', 'hello')), console: ['hello: boot 1'] };
  const fourth = await tell(report(1, { ...withDisk, counter: 4, VMs: [running] }));
  assert.deepEqual(fourth.steps, []);
  assert.ok(fourth.plan > third.plan && third.plan > second.plan && second.plan > first.plan);
  const { vms } = await state();
  assert.deepEqual([vms[0]?.state, vms[0]?.host, vms[0]?.console], ['running', 'ada', ['hello: boot 1']]);
});

test('a report that is none is refused with a sentence, and said', async () => {
  const { ask, log } = server({});
  for (const body of ['', 'x', '{}', { ...report(1), counter: 'one' }, { ...report(1), more: 1 }]) {
    const { status: code, value } = await ask('POST', '/api/v1/report', body);
    assert.equal(code, 400);
    assert.match((value as { error: string }).error, /^the report is (no JSON|not of the form)/);
  }
  assert.equal(log.of('CLUSTER_REPORT_REFUSED').length, 5);
});

test('a path that is not there is refused', async () => {
  const { ask } = server({});
  assert.equal((await ask('GET', '/api/v1/nothing')).status, 404);
  assert.equal((await ask('DELETE', '/api/v1/report')).status, 404);
});

test('a report that newer ones have overtaken gets no steps', async () => {
  const { tell } = server(hello);
  await tell(report(1, { counter: 5 }));
  assert.deepEqual((await tell(report(1, { counter: 4 }))).steps, []);
});

const machine = (n: number, more: Partial<KnownMachine> = {}): KnownMachine => ({
  mac: mac(n),
  name: `m${n}`,
  address: null,
  listed: true,
  wake: 'none',
  heard: false,
  problem: null,
  ...more,
});

test('the states of hosts, and the boot server hears of every report', async () => {
  const machines = [
    machine(1),
    machine(2, { heard: true }),
    machine(3, { wake: 'waking' }),
    machine(4, { wake: 'unheard', problem: 'it did not wake' }),
    machine(5),
  ];
  const { tell, state, wait, told } = server({ hosts: [entry(1, 'ada')] }, machines);
  await tell(report(1));
  await tell(report(5, { health: { ok: false, problems: ['a.service has failed'] } }));
  const states = async () => Object.fromEntries((await state()).hosts.map((host) => [host.name, host.state]));
  assert.deepEqual(await states(), {
    ada: 'ready',
    m2: 'booting',
    m3: 'waking',
    m4: 'off',
    'machine-5': 'unhealthy',
  });
  assert.deepEqual(told, [
    [mac(1), true],
    [mac(5), false],
  ]);
  wait(MISSED_UNTIL_LOST);
  assert.equal((await states())['ada'], 'lost');
});

test('a host that boots again shows as booting, not as lost', async () => {
  const { boot, tell, state, wait } = server({ hosts: [entry(1, 'ada')] }, [machine(1)]);
  await tell(report(1));
  wait(MISSED_UNTIL_LOST);
  boot.timelines.add(mac(1), 'dhcp', 'offered');
  assert.equal((await state()).hosts[0]?.state, 'booting');
});

test('a pulled drive is in the status', async () => {
  const { state, pull } = server({});
  pull();
  const { server: shown, warnings } = await state();
  assert.equal(shown.drive, 'pulled');
  assert.match(warnings.join(), /drive is pulled/);
});

test('events are numbered, and one asks for those since a number', async () => {
  const { service, ask } = server({});
  service.onEvent(mac(1), { at: 1, step: 'dhcp', detail: '' });
  service.onEvent(mac(2), { at: 2, step: 'tftp', detail: '' });
  const since = async (number: number) => {
    const { value } = await ask('GET', '/api/v1/events', '', { since: String(number) });
    return (value as { events: { number: number }[] }).events.map((event) => event.number);
  };
  assert.deepEqual(await since(0), [1, 2]);
  assert.deepEqual(await since(1), [2]);
  assert.deepEqual(await since(99), [1, 2], 'a caller of an earlier server gets all');
});

test('the status for a person', async () => {
  const { tell, state } = server(hello, [machine(2, { wake: 'waking' })]);
  await tell(report(1, { host: { place: 'host0', boot: 'drive' } }));
  const text = statusText(await state());
  assert.match(text, /^cluster lab, served by 10\.0\.0\.1, release r1, drive present, up 0 s\n/);
  assert.match(
    text,
    /^ada +ready +host0 +10\.0\.0\.1 +drive +bios +4\.20\.3 +1 +2 GiB of 3 GiB free +10 GiB nothing +eth0 1 Gbit\/s$/m,
  );
  assert.match(text, /^m2 +waking +- /m);
  assert.match(text, /^hello +waiting +- +no host fits: ada has no storage$/m);
});

test('a warning of the server is in the status and in the reply to every host, until it is over', async () => {
  const { tell, state, warn } = server({});
  assert.equal((await tell(report(1))).warnings, undefined);
  warn('cluster.yaml has a mistake');
  assert.deepEqual((await tell({ ...report(2), counter: 2 })).warnings, ['cluster.yaml has a mistake']);
  assert.ok((await state()).warnings.includes('cluster.yaml has a mistake'));
  warn();
  assert.equal((await tell({ ...report(2), counter: 3 })).warnings, undefined);
});

test('hosts whose boards have one UUID are two hosts, each under the name of its card, and status warns', async () => {
  const shared = uuid(9);
  const machines = [machine(1, { name: 'ada' }), machine(2, { name: 'bea' })];
  const { tell, state } = server({}, machines, [{ uuid: shared, macs: [mac(1), mac(2)] }]);
  for (let counter = 1; counter < 4; counter += 1)
    for (const n of [1, 2]) await tell(report(n, { counter, host: { uuid: shared, name_label: 'same' } }));
  const { hosts, warnings } = await state();
  assert.deepEqual(
    hosts.map(({ name, state: how, report: said }) => [name, how, said?.host.uuid, said?.counter]),
    [
      ['ada', 'ready', uuid(1), 3],
      ['bea', 'ready', uuid(2), 3],
    ],
  );
  assert.match(warnings.join('\n'), new RegExp(`${mac(1)} and ${mac(2)} are different machines`));
});
