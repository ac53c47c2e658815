import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, entry, report } from '../../../test/fixtures/cluster.ts';
import { appliedState } from '../boot/appliedText.ts';
import { appliedAgain, appliedText, lookedAt, notApplied } from '../boot/applied.ts';
import { hostFiles } from '../boot/hostFiles.ts';
import { addonsOn, withAddons } from './addons.ts';
import { explainHost } from './explain.ts';
import { explainText } from './explainText.ts';
import { placesAmong } from './places.ts';
import { parseCluster } from './read.ts';
import { parseAddon } from './readAddon.ts';
import type { Cluster } from './schema.ts';
import { hardwareMatters, type Selectable } from './selector.ts';
import { driveFilesIn, packagesIn, settingsFor, valuesOf } from './settings.ts';

const ada: Selectable = { name: 'ada', labels: { rack: '1' } };

/** A cluster with add-ons, whose texts are given by name. */
function withTexts(parts: Record<string, unknown>, texts: Readonly<Record<string, string>>): Cluster {
  const found = Object.entries(texts).map(([name, text]) => {
    const reading = parseAddon(text, name);
    assert.ok('addon' in reading, JSON.stringify(reading));
    return [name, reading.addon] as const;
  });
  return withAddons(cluster(parts), new Map(found));
}

const sysctlOf = (wishes: Cluster, host = ada): string[] => valuesOf(settingsFor(host, wishes).sysctl);

test('an add-on sets what its file says on the hosts that it is for, while it is switched on', () => {
  const texts = { a: 'sysctl: { vm.swappiness: 1 }' };
  const of = (use: Record<string, unknown>) => sysctlOf(withTexts({ addons: { a: use } }, texts));
  assert.deepEqual(of({}), ['1']);
  assert.deepEqual(of({ for: { labels: { rack: '1' } } }), ['1']);
  assert.deepEqual(of({ for: { name: 'bob' } }), []);
  assert.deepEqual(of({ enabled: false }), []);
  assert.deepEqual(sysctlOf(withTexts({ addons: { a: {} } }, {})), [], 'one that is not there sets nothing');
});

test("cluster.yaml's own settings go before every add-on, however narrow its selector", () => {
  const wishes = withTexts(
    { addons: { a: { for: { name: 'ada' } } }, settings: [{ sysctl: { 'vm.swappiness': 10 } }] },
    { a: 'sysctl: { vm.swappiness: 1, kernel.panic: 5 }' },
  );
  const { sysctl } = settingsFor(ada, wishes);
  assert.deepEqual(
    sysctl.map(({ key, values, over }) => [key, values[0], over]),
    [
      ['vm.swappiness', '10', [['addons', 'a', 'addon.yaml', 'sysctl', 'vm.swappiness']]],
      ['kernel.panic', '5', []],
    ],
  );
});

test('of add-ons the one with the narrower selector decides, of two alike the later one', () => {
  const texts = { a: 'sysctl: { vm.swappiness: 1 }', b: 'sysctl: { vm.swappiness: 2 }' };
  const of = (addons: Record<string, unknown>) => sysctlOf(withTexts({ addons }, texts));
  assert.deepEqual(of({ a: {}, b: {} }), ['2']);
  assert.deepEqual(of({ b: {}, a: {} }), ['1']);
  assert.deepEqual(of({ a: { for: { labels: { rack: '1' } } }, b: {} }), ['1']);
});

test('files of an add-on lie in its folder, those of settings in overlay/', () => {
  const wishes = withTexts(
    {
      addons: { a: {}, off: { enabled: false } },
      settings: [{ files: [{ path: '/etc/motd', from: 'motd' }], packages: ['htop'] }],
    },
    { a: 'files: [{ path: /etc/issue, from: etc/issue }]\npackages: [tree]', off: 'packages: [jq]' },
  );
  assert.deepEqual(driveFilesIn(wishes), ['overlay/motd', 'addons/a/etc/issue']);
  assert.deepEqual(packagesIn(wishes), ['htop', 'tree']);
  assert.deepEqual(addonsOn(wishes), ['a']);
  const files = hostFiles(wishes, ada).flatMap((file) => ('from' in file ? [[file.path, file.from]] : []));
  assert.deepEqual(files, [
    ['/etc/issue', 'addons/a/etc/issue'],
    ['/etc/motd', 'overlay/motd'],
  ]);
});

const WISHES = withTexts(
  { addons: { router: {} }, settings: [{ modules: ['wireguard'] }] },
  { router: 'sysctl: { net.ipv4.ip_forward: 1 }\nunits: { routed.service: { state: enabled } }\nkernelArgs: [quiet]' },
);

test('what is applied of an add-on says so, is held against the host like all else, and gives way to a setting', () => {
  const lines = appliedText(settingsFor(ada, WISHES)).trimEnd().split('\n');
  assert.deepEqual(lines, [
    'add-on router: unit routed.service enabled',
    'module wireguard',
    'add-on router: sysctl net.ipv4.ip_forward = 1',
  ]);
  const { sysctls, paths } = lookedAt(lines);
  assert.deepEqual(sysctls, ['net/ipv4/ip_forward']);
  const facts = {
    modules: new Set(['wireguard']),
    failedUnits: ['routed.service'],
    sysctls: new Map([['net/ipv4/ip_forward', '0\n']]),
    present: new Map(paths.map((path) => [path, true])),
    packages: undefined,
  };
  assert.deepEqual(notApplied(lines, facts), [
    'add-on router: unit routed.service enabled: it has failed; see journalctl -u routed.service',
    'add-on router: sysctl net.ipv4.ip_forward = 1: it is 0',
  ]);
  assert.equal(appliedAgain(lines.join('\n'), 'sysctl net.ipv4.ip_forward = 0\n').match(/ip_forward/g)?.length, 1);
});

test('what a host reports is held against what its add-ons want', () => {
  const said = {
    ...report(1),
    applied: ['module wireguard', 'add-on router: sysctl net.ipv4.ip_forward = 1'],
    arguments: { xen: '', linux: 'quiet' },
  };
  const state = appliedState(WISHES, ada, said);
  assert.ok(state.inForce.includes('add-on router: kernelArgs quiet'));
  assert.ok(state.inForce.includes('add-on router: sysctl net.ipv4.ip_forward = 1'));
  assert.deepEqual(state.fromNextBoot, ['add-on router: unit routed.service enabled']);
});

test('what an add-on sets for a host is explained with its place in the file of the add-on', () => {
  const text = `version: 1
cluster: { name: lab }
hosts: [{ mac: 52:54:00:00:00:01, name: ada }]
addons:
  router: {}
settings:
  - sysctl: { vm.swappiness: 10 }
`;
  const addon =
    'description: what routers need\nsysctl:\n  vm.swappiness: 1\n  net.ipv4.ip_forward: 1\nfiles: [{ path: /etc/x, from: x }]\n';
  const reading = parseCluster(text, 'f');
  const router = parseAddon(addon, 'a');
  assert.ok('cluster' in reading && 'addon' in router);
  const whole = withAddons(reading.cluster, new Map([['router', router.addon]]));
  const placeOf = placesAmong(text, new Map([['router', { file: 'addons/router/addon.yaml', text: addon }]]));
  const lines = explainText('f', explainHost({ cluster: whole, placeOf }, 0, {})).replaceAll(/ {2,}/g, ' | ');
  for (const line of [
    'add-on router | what routers need | f:5:11',
    'sysctl vm.swappiness | 10 | f:7:30, before addons/router/addon.yaml:3:18',
    'sysctl net.ipv4.ip_forward | 1 | addons/router/addon.yaml:4:24',
    'file /etc/x | addons/router/x, mode 0644 | addons/router/addon.yaml:5:9',
  ])
    assert.ok(lines.includes(`${line}\n`), `${line}\n${lines}`);
});

test('where an add-on is for hosts of some hardware, a machine is asked for its own', () => {
  const use = { for: { hardware: { cpusAtLeast: 8 } } };
  const matters = (more: Record<string, unknown>): boolean =>
    hardwareMatters(cluster({ hosts: [entry(1, 'ada')], addons: { a: { ...use, ...more } } }), ada);
  assert.deepEqual([matters({}), matters({ enabled: false })], [true, false]);
});
