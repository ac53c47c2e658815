import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mac, report, wanted } from '../../../test/fixtures/cluster.ts';
import type { KnownMachine } from '../api/service.ts';
import type { Status } from '../api/status.ts';
import { plan } from '../plan/plan.ts';
import { EMPTY_INVENTORY } from './inventory.ts';
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

const statusAfter = (...steps: readonly string[]): Status => {
  const want = wanted();
  return statusOf({
    cluster: want.cluster,
    inventory: EMPTY_INVENTORY,
    plan: plan(want, EMPTY_INVENTORY),
    machines: [MACHINE],
    timelineOf: () => steps.map((step, at) => ({ at, step, detail: '' })),
    server: { address: '10.1.2.1', release: 'r1', drive: 'present', uptime: 9 },
    keptKeyOf: () => undefined,
    warnings: [],
  });
};

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
