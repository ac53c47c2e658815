import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, disk, domain, entry, report, sr, uuid, vm, wanted } from '../../../test/fixtures/cluster.ts';
import { seen, two, SR, HELLO, withSr, withVdi, kinds, hello } from '../../../test/fixtures/planning.ts';
import type { HostReport } from '../api/report.ts';
import { plan } from './plan.ts';
import { serviceAddresses } from './serviceAddress.ts';
import { PATIENCE } from './settled.ts';
import { imagesOf } from './wanted.ts';

test('an SR is made on an empty disk that cluster.yaml names for that host, and on no other', () => {
  const want = wanted({ hosts: [entry(1, 'ada')] });
  const spare = { ...disk(1), device: '/dev/sdb', serial: 'SPARE' };
  const { steps } = plan(want, seen(report(1, { disks: [disk(1), spare] }), report(2)));
  assert.deepEqual(steps, {
    [uuid(1)]: [{ kind: 'sr.create', id: `sr.create/${SR(1)}/1`, serial: 'S1', uuid: SR(1), name: 'ada-S1' }],
  });
});

test('a named disk that holds something, is the drive, is there twice or not at all is said and left alone', () => {
  const want = wanted({ hosts: [entry(1, 'ada')] });
  const cases: [HostReport['disks'], RegExp][] = [
    [[disk(1, 'foreign')], /already holds something/],
    [[disk(1, 'drive')], /is the drive itself/],
    [[disk(1), disk(1)], /two disks give this serial number/],
    [[], /is not there/],
  ];
  for (const [disks, said] of cases) {
    const { steps, warnings } = plan(want, seen(report(1, { disks })));
    assert.deepEqual(steps, {});
    assert.match(warnings.join(), said);
  }
  assert.deepEqual(plan(want, seen(withSr(1))).warnings, []);
});

test('a disk of a host moves with it: its serial named for another host is not taken there', () => {
  assert.deepEqual(plan(wanted({ hosts: [entry(1, 'ada')] }), seen(report(2, { disks: [disk(1)] }))).steps, {});
});

test('it waits for a named disk that its host does not show, but not for ever', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const inventory = seen(withSr(1), report(2, { disks: [] }));
  assert.match(hello(want, inventory).reason ?? '', /disk S2 of bob/);
  const late = { ...inventory, rounds: PATIENCE };
  assert.deepEqual(kinds(want, late), { [uuid(1)]: ['vdi.create'] });
});

test('placement: the first by name that is healthy and has memory and room', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const bob = withSr(2);
  const ill = withSr(1, { health: { ok: false, problems: ['x has failed'] } });
  const full = withSr(1, { SRs: [sr(SR(1), 9.5 * 2 ** 30)] });
  const poor = withSr(1, { host: { memory_free: 2 ** 20 } });
  for (const ada of [ill, full, poor]) assert.deepEqual(kinds(want, seen(ada, bob)), { [uuid(2)]: ['vdi.create'] });
  const nobody = hello(want, seen(ill, withSr(2, { SRs: [] })));
  assert.match(nobody.reason ?? '', /ada is unhealthy \(x has failed\); bob has no storage/);
});

test('a VM that names its storage gets that one', () => {
  const want = wanted({ ...two, vms: [vm('hello', { disk: { size: '1GiB', sr: SR(2) } })] });
  assert.deepEqual(kinds(want, seen(withSr(1), withSr(2))), { [uuid(2)]: ['vdi.create'] });
});

test('memory and room are given away once', () => {
  const want = wanted({ ...two, vms: [vm('hello'), vm('b'), vm('c')] });
  const small = (n: number) => withSr(n, { host: { memory_free: 600 * 2 ** 20 } });
  assert.deepEqual(kinds(want, seen(small(1), small(2))), {
    [uuid(1)]: ['vdi.create', 'vdi.create'],
    [uuid(2)]: ['vdi.create'],
  });
});

test('a VM whose disk is found keeps its memory before one that is new', () => {
  const want = wanted({ hosts: [entry(1, 'ada')], vms: [vm('hello'), vm('a')] });
  const small = withVdi(1, { host: { memory_free: 300 * 2 ** 20 } });
  assert.deepEqual(kinds(want, seen(small)), { [uuid(1)]: ['vm.start'] });
});

test('a step that failed is tried again a stated number of times, then a person is told why', () => {
  const want = wanted({ hosts: [entry(1, 'ada')], vms: [vm('hello')] });
  const after = (count: number) =>
    seen(
      withVdi(1, {
        done: Array.from({ length: count }, (_, index) => ({
          step: `vm.start/${HELLO}/${index + 1}`,
          ok: false,
          said: 'no luck',
        })),
      }),
    );
  assert.equal(plan(want, after(1)).steps[uuid(1)]?.[0]?.id, `vm.start/${HELLO}/2`);
  const given = plan(want, after(3));
  assert.deepEqual([given.steps, given.vms[0]?.state, given.vms[0]?.reason], [{}, 'failed', 'no luck']);
});

test('a VM that stands in no cluster.yaml is said and left alone', () => {
  assert.match(plan(wanted(), seen(report(1, { VMs: [domain('x')] }))).warnings.join(), /not in cluster.yaml/);
});

test('the plan does not depend on the order of reports or of lines in the file', () => {
  const vms = [vm('hello'), vm('b'), vm('c', { disk: undefined })];
  const reports = [withSr(1), withVdi(2), report(3)];
  const there = plan(wanted({ ...two, vms }), seen(...reports));
  const back = plan(wanted({ hosts: two.hosts.toReversed(), vms: vms.toReversed() }), seen(...reports.toReversed()));
  assert.deepEqual(back, there);
});

test('the number of a plan grows exactly when the plan changes', () => {
  const want = wanted({ ...two, vms: [vm('hello')] });
  const first = plan(want, seen(withSr(1)));
  assert.equal(first.number, 1);
  assert.equal(plan(want, seen(withSr(1)), first).number, 1);
  assert.equal(plan(want, seen(withSr(1), withSr(2)), first).number, 2);
});

test('guest images are read off the manifest', () => {
  const file = (name: string) => ({ name, size: 1, sha256: `${name}-hash`, chunks: [] });
  const files = [
    file('vmlinuz'),
    file('images/hello/vmlinuz'),
    file('images/hello/initrd'),
    file('images/half/vmlinuz'),
  ];
  assert.deepEqual(imagesOf({ release: 'r1', files }), {
    hello: {
      kernel: { path: '/boot/releases/r1/images/hello/vmlinuz', sha256: 'images/hello/vmlinuz-hash' },
      initrd: { path: '/boot/releases/r1/images/hello/initrd', sha256: 'images/hello/initrd-hash' },
    },
  });
});

test('the address to serve from', () => {
  const main = (network: object) =>
    serviceAddresses(cluster({ networks: { main: network } })).map((each) => each.address);
  assert.equal(main({ subnet: '10.1.2.0/24' })[0], '10.1.2.1');
  assert.equal(main({ subnet: '10.1.2.0/24', gateway: '10.1.2.1' })[0], '10.1.2.2');
  assert.deepEqual(main({ subnet: '10.1.2.0/30' }), ['10.1.2.1', '10.1.2.2']);
  const [first, second] = serviceAddresses(cluster());
  assert.match(first?.address ?? '', /^10\.\d+\.\d+\.1$/);
  assert.notEqual(first?.address, second?.address);
  assert.deepEqual(serviceAddresses(cluster()), serviceAddresses(cluster()));
});

test('a host that booted only to be seen is given nothing, and nobody waits for one that will never report', () => {
  const disks = { vms: [vm('hello')], hosts: [entry(1, 'ada')] };
  const discovered = withSr(1, { host: { profile: 'discovery' } });
  assert.deepEqual(kinds(wanted(disks), seen(discovered)), {});
  const profiles = { nixos: { payload: { kind: 'linux', kernel: 'k' } } };
  for (const other of [{ boot: 'deny' }, { profile: 'nixos' }, { profile: 'local' }, { profile: 'discovery' }]) {
    const want = wanted({ ...disks, profiles, hosts: [entry(1, 'ada'), entry(2, 'bob', other)] });
    assert.deepEqual(kinds(want, seen(withSr(1))), { [uuid(1)]: ['vdi.create'] }, JSON.stringify(other));
  }
  const waits = wanted({ ...disks, hosts: [entry(1, 'ada'), entry(2, 'bob', { profile: 'xen' })] });
  assert.deepEqual(kinds(waits, seen(withSr(1))), {});
});
