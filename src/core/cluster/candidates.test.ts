import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterFileAmong } from './candidates.ts';

const REST = ['boot/', 'EFI/', 'state/', 'README.txt'];
/** What operating systems and editors leave on a drive that they were let near. */
const MESS = [
  '._cluster.yaml',
  '.DS_Store',
  '.Trashes/',
  '.fseventsd/',
  '.Spotlight-V100/',
  'System Volume Information/',
  '$RECYCLE.BIN/',
  'cluster.yaml~',
  '.cluster.yaml.swp',
  '#cluster.yaml#',
  'cluster.yaml.bak',
  'cluster (1).yaml',
];

test('among what operating systems and editors leave behind, cluster.yaml is read, and nothing is said of the rest', () => {
  assert.deepEqual(clusterFileAmong([...REST, ...MESS, 'cluster.yaml']), { name: 'cluster.yaml', note: undefined });
});

test('upper case and a second ending are read by the name that they have', () => {
  for (const name of ['CLUSTER.YAML', 'Cluster.Yaml', 'cluster.yaml.txt', 'CLUSTER.YAML.TXT'])
    assert.deepEqual(clusterFileAmong([...REST, ...MESS, name]), { name, note: undefined });
  // Only where upper and lower case differ can there be both.
  assert.equal(clusterFileAmong(['CLUSTER.YAML', 'cluster.yaml']).name, 'cluster.yaml');
});

test('two candidates at once: the one without a second ending is read, and that is said', () => {
  const { name, note } = clusterFileAmong(['cluster.yaml.txt', 'CLUSTER.YAML']);
  assert.equal(name, 'CLUSTER.YAML');
  assert.equal(note, 'cluster.yaml.txt stands beside CLUSTER.YAML, which alone is read: keep one of them');
});

test('where there is none, what looks like it is named; a file of macOS that holds no text is not', () => {
  assert.deepEqual(clusterFileAmong([...REST, '._cluster.yaml']), { name: undefined, note: undefined });
  const { name, note } = clusterFileAmong([...REST, ...MESS, 'cluster.yml']);
  assert.equal(name, undefined);
  assert.match(
    note ?? '',
    /cluster \(1\)\.yaml and cluster\.yaml\.bak and cluster\.yaml~ and cluster\.yml is not read/,
  );
});
