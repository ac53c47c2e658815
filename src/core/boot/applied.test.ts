import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { settingsFor } from '../cluster/settings.ts';
import { appliedAgain, appliedLines, appliedText, lookedAt, notApplied, type AppliedFacts } from './applied.ts';

const textOf = (...settings: Record<string, unknown>[]): string =>
  appliedText(settingsFor({ labels: {} }, cluster({ settings })));
const FINE: AppliedFacts = {
  modules: new Set(['nf_conntrack']),
  failedUnits: [],
  sysctls: new Map([
    ['vm/swappiness', '7\n'],
    ['net/ipv4/tcp_rmem', '4096\t87380\t6291456\n'],
  ]),
  present: new Map([
    ['/etc/motd', true],
    ['/etc/systemd/system/pxen-later.target.wants/a.service', true],
  ]),
  packages: 'htop mounted\n',
};
const LINES = [
  'package htop',
  'file /etc/motd from motd',
  'unit a.service enabled',
  'unit chrony.service disabled',
  'module nf-conntrack hashsize=1',
  'sysctl vm.swappiness = 7',
  'sysctl net.ipv4.tcp_rmem = 4096 87380 6291456',
  'sysctl net.ipv4.conf.*.forwarding = 1',
];

test('another content of a file or unit is another line', () => {
  const of = (text: string): string =>
    textOf({ files: [{ path: '/etc/a', text }], units: { 'a.service': { text: `[Unit]\n#${text}` } } });
  assert.match(of('1'), /^file \/etc\/a text [0-9a-f]{8}\nunit a\.service text [0-9a-f]{8}\n$/);
  assert.equal(of('1'), of('1'));
  for (const line of of('1').split('\n').filter(Boolean)) assert.ok(!of('2').includes(line));
});

test('what took says nothing; names and values are compared as the kernel has them', () => {
  assert.deepEqual(notApplied(LINES, FINE), []);
  assert.deepEqual(lookedAt(LINES), {
    sysctls: ['vm/swappiness', 'net/ipv4/tcp_rmem'],
    paths: ['/etc/motd', '/etc/systemd/system/pxen-later.target.wants/a.service'],
  });
  assert.deepEqual(lookedAt(['sysctl net.ipv4.conf.eth0/1.mtu = 1']).sysctls, ['net/ipv4/conf/eth0.1/mtu']);
});

test('what did not take is told with the reason', () => {
  const broken: AppliedFacts = {
    modules: new Set(),
    failedUnits: ['chrony.service'],
    sysctls: new Map([
      ['vm/swappiness', '60\n'],
      ['net/ipv4/tcp_rmem', undefined],
    ]),
    present: new Map([...FINE.present].map(([path]) => [path, false])),
    packages: 'htop left out: its layer on the drive is damaged\n',
  };
  assert.deepEqual(notApplied(LINES, broken), [
    'package htop: left out: its layer on the drive is damaged',
    'file /etc/motd from motd: it is not there',
    'unit a.service enabled: there is no such unit on this host',
    'module nf-conntrack hashsize=1: it is not loaded: is there such a module?',
    'sysctl vm.swappiness = 7: it is 60',
    'sysctl net.ipv4.tcp_rmem = 4096 87380 6291456: this kernel has no such parameter',
  ]);
  const failed = { ...FINE, failedUnits: ['a.service'], packages: undefined };
  assert.deepEqual(notApplied(LINES, failed), [
    'package htop: it comes with the next boot',
    'unit a.service enabled: it has failed; see journalctl -u a.service',
  ]);
});

test('on a host that runs, what is not wanted any more still stands until its next boot', () => {
  const [before, wanted] = [
    textOf({
      sysctl: { 'vm.swappiness': 7, 'vm.dirty_ratio': 5 },
      units: { 'a.service': { text: 'x', state: 'enabled' } },
    }),
    textOf({ sysctl: { 'vm.swappiness': 9 }, units: { 'a.service': { state: 'disabled' } } }),
  ];
  const [text = ''] = appliedLines(before);
  assert.deepEqual(appliedLines(appliedAgain(before, wanted)), [
    'unit a.service disabled',
    'sysctl vm.swappiness = 9',
    text,
    'sysctl vm.dirty_ratio = 5',
  ]);
  assert.equal(appliedAgain(wanted, wanted), wanted);
});
