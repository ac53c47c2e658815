import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, mac, report, uuid, wanted } from '../../../test/fixtures/cluster.ts';
import { seen } from '../../../test/fixtures/planning.ts';
import type { KnownMachine } from '../api/service.ts';
import type { Status } from '../api/status.ts';
import { plan } from '../plan/plan.ts';
import { EMPTY_INVENTORY, type Inventory } from './inventory.ts';
import { statusOf } from './status.ts';
import { statusText } from './statusText.ts';

const MACHINE: KnownMachine = {
  mac: mac(1),
  name: 'ada',
  address: null,
  listed: true,
  wake: 'none',
  heard: true,
  problem: null,
};

const statusAfter = (...steps: readonly string[]): Status => statusWith({}, EMPTY_INVENTORY, [MACHINE], steps);

function statusWith(
  wishes: Record<string, unknown>,
  inventory: Inventory,
  machines: readonly KnownMachine[],
  steps: readonly string[],
): Status {
  const want = wanted(wishes);
  return statusOf({
    cluster: want.cluster,
    inventory,
    plan: plan(want, inventory),
    machines,
    timelineOf: () => steps.map((step, at) => ({ at, step, detail: '' })),
    server: { address: '10.1.2.1', release: 'r1', drive: 'present', uptime: 9 },
    keptKeyOf: () => undefined,
    warnings: [],
  });
}

test('a machine that booted what does not report is shown as handed over, one on its way as booting', () => {
  assert.equal(statusAfter('dhcp', 'script', 'kernel').hosts[0]?.state, 'booting');
  const status = statusAfter('dhcp', 'script', 'kernel', 'initrd', 'handed over');
  assert.equal(status.hosts[0]?.state, 'handed over');
  assert.match(statusText(status), /^ada +handed over /m);
});

test('what settings put onto a host in vain stands below the hosts', () => {
  const status = statusAfter('dhcp');
  const [host] = status.hosts;
  assert.ok(host !== undefined);
  const told = { ...report(1), notApplied: ['module gone: it is not loaded: is there such a module?'] };
  assert.match(
    statusText({ ...status, hosts: [{ ...host, report: told }] }),
    /^ {2}ada: module gone: it is not loaded/m,
  );
});

const POOLS = {
  hosts: [entry(1, 'ada', { pool: 'front' }), entry(2, 'bob'), entry(3, 'eve')],
  pools: { front: { description: 'what faces the web', for: { name: '*e*' }, master: 'eve' }, back: {} },
};

test('a host shows the pool that it is in and which rule put it there; who has no pools reads nothing of them', () => {
  const expected = { ...MACHINE, membership: { pool: 'front', rule: 'host.pool' } } as const;
  const status = statusWith(POOLS, seen(report(2), report(3)), [expected], []);
  assert.deepEqual(
    status.hosts.map(({ name, membership }) => [name, membership?.pool, membership?.rule]),
    [
      ['ada', 'front', 'host.pool'],
      ['bob', undefined, undefined],
      ['eve', 'front', 'pool.for'],
    ],
  );
  assert.match(statusText(status), /^HOST +POOL +STATE.*\nada +front +booting.*\nbob +- +ready/m);
  assert.match(statusText(statusAfter()), /^HOST +STATE/m);
});

test("pools are XAPI's: a UUID that follows from the name, and the host that speaks for them once it has reported", () => {
  const of = (wishes: Record<string, unknown>, ...numbers: readonly number[]) =>
    statusWith(wishes, seen(...numbers.map((n) => report(n))), [], []).pools ?? [];
  const [back, front] = of(POOLS, 1, 3);
  assert.deepEqual(
    [back?.name_label, back?.master, front?.name_description, front?.master],
    ['back', null, 'what faces the web', uuid(3)],
  );
  assert.match(front?.uuid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  assert.notEqual(front?.uuid, back?.uuid);
  assert.deepEqual(of(POOLS)[1], { ...front, master: null });
  assert.deepEqual(
    of({ hosts: [entry(2, 'bob', { pool: 'x' }), entry(1, 'ada', { pool: 'x' })] }, 2, 1).map(({ master }) => master),
    [uuid(1)],
  );
});
