import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainHost, hostAt } from './explain.ts';
import { explainText } from './explainText.ts';
import { placesIn } from './places.ts';
import { parseCluster } from './read.ts';

const TEXT = `version: 1
cluster: { name: lab }
hosts:
  - mac: 52:54:00:00:00:01
    name: ada
    labels: { disk: ssd }
    pool: front
  - { mac: 52:54:00:00:00:02, boot: deny }
profiles:
  nixos: { payload: { kind: linux, kernel: bzImage }, for: { pool: front } }
settings:
  - kernelArgs: [panic=10, quiet]
    files: [{ path: /etc/motd, text: hello }]
  - for: { name: ada }
    kernelArgs: [panic=30]
    packages: [htop]
  - for: { hardware: { memoryAtLeast: 64GiB } }
    sysctl: { vm.nr_hugepages: 1024 }
`;

function read(text = TEXT) {
  const reading = parseCluster(text, 'f');
  assert.ok('cluster' in reading, JSON.stringify(reading));
  return { cluster: reading.cluster, placeOf: placesIn(text) };
}
const shown = (index: number, hardware = {}): string => explainText('f', explainHost(read(), index, hardware));

test('every value of a host says where it stands, and what it goes before', () => {
  const text = shown(0).replaceAll(/ {2,}/g, ' | ');
  for (const line of [
    'name | ada | f:5:11',
    'labels.disk | ssd | f:6:21',
    'wake | true | pxen',
    'boots | profile nixos | f:10:60; profile nixos: its selector fits [profile.for]',
    'kernelArgs panic | panic=30 | f:15:18, before 12:18',
    'kernelArgs quiet | quiet | f:12:28',
    'file /etc/motd | 5 characters, mode 0644 | f:13:13',
    'package htop | htop | f:16:16',
  ])
    assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
});

test('a host that is denied boots nothing, and the line that says so is named', () => {
  assert.match(shown(1), /boots +nothing +f:8:37; cluster.yaml denies .* to boot \[host\.denied\]/);
});

test('what depends on hardware is in force for a board that has it', () => {
  assert.ok(!shown(0).includes('nr_hugepages'));
  assert.match(shown(0, { memory: 2 ** 36 }), /sysctl vm\.nr_hugepages +1024 +f:18:32/);
});

test('a host is meant by its name, MAC, UUID, serial number or address', () => {
  const { hosts } = read().cluster;
  assert.deepEqual(
    ['ada', '52-54-00-00-00-02', 'bob'].map((word) => hostAt(hosts, word)),
    [0, 1, undefined],
  );
});

const POOLED = `version: 1
cluster: { name: lab }
hosts:
  - { mac: 52:54:00:00:00:01, name: ada, labels: { rack: "2" } }
pools:
  back: { for: { labels: { rack: "2" } }, profile: local }
`;

test('the pool that a selector gave and what it makes the host boot say where they come from', () => {
  const text = explainText('f', explainHost(read(POOLED), 0, {})).replaceAll(/ {2,}/g, ' | ');
  assert.ok(text.includes('pool | back | f:6:16; its selector fits [pool.for]\n'), text);
  assert.ok(
    text.includes('boots | profile local | f:6:52; profile local: it is that of its pool back [pool.profile]\n'),
    text,
  );
});
