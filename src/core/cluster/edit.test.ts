import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { editedText, valueText, EditError } from './edit.ts';
import { addedHost, changedHost, readChange, type HostChange } from './editHost.ts';
import { parseCluster } from './read.ts';

const BLOCK = `# the rack
version: 1   # of the form
cluster: { name: lab }

hosts:
  # the first
  - mac: 52:54:00:00:00:01   # on its label
    name: ada
    # what it has
    labels:
      disk: ssd # two of them

  - { mac: 52:54:00:00:00:02, name: bob, wake: false }  # bob's
vms: []
# the end
`;

const changes = (...words: string[]): HostChange[] =>
  words.map((word) => {
    const change = readChange(word);
    assert.ok(typeof change !== 'string', JSON.stringify(change));
    return change;
  });
const set = (text: string, index: number, ...words: string[]): string => changedHost(text, index, changes(...words));
/** What differs, line by line: what went, what came. */
function differs(before: string, after: string): [readonly string[], readonly string[]] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return [a.filter((line) => !b.includes(line)), b.filter((line) => !a.includes(line))];
}

test('a value is changed in its place, and nothing else moves', () => {
  assert.deepEqual(differs(BLOCK, set(BLOCK, 0, 'name=eve')), [['    name: ada'], ['    name: eve']]);
  assert.deepEqual(differs(BLOCK, set(BLOCK, 1, 'wake=true')), [
    ["  - { mac: 52:54:00:00:00:02, name: bob, wake: false }  # bob's"],
    ["  - { mac: 52:54:00:00:00:02, name: bob, wake: true }  # bob's"],
  ]);
});

test('a key is added to a block on a line of its own, and within brackets behind the others', () => {
  assert.deepEqual(differs(BLOCK, set(BLOCK, 0, 'address=10.1.2.3')), [[], ['    address: 10.1.2.3']]);
  assert.ok(set(BLOCK, 1, 'pool=front').includes("wake: false, pool: front }  # bob's"));
  assert.deepEqual(differs(BLOCK, set(BLOCK, 0, 'labels.rack=1')), [[], ['      rack: "1"']]);
  assert.ok(set(BLOCK, 1, 'labels.rack=a').includes("wake: false, labels: { rack: a } }  # bob's"));
});

test('a key is taken away; the comment behind it stays', () => {
  assert.deepEqual(differs(BLOCK, set(BLOCK, 0, 'name=')), [['    name: ada'], []]);
  assert.ok(set(BLOCK, 1, 'name=').includes('{ mac: 52:54:00:00:00:02, wake: false }'));
  const moved = set(set(BLOCK, 0, 'serial=X1'), 0, 'mac=');
  assert.ok(moved.includes('# on its label') && moved.includes('# what it has'));
  assert.deepEqual(parse(moved), parse(moved.replaceAll(/#.*/g, '')));
});

test('a host is added behind the others, below an empty list, or at the end of a file without one', () => {
  const one = changes('name=eve', 'mac=52:54:00:00:00:03', 'labels.disk=hdd');
  const line = '- { name: eve, mac: 52:54:00:00:00:03, labels: { disk: hdd } }';
  assert.deepEqual(differs(BLOCK, addedHost(BLOCK, one)), [[], [`  ${line}`]]);
  for (const head of ['', 'hosts:\n# - { name: x }\n', 'hosts: []  # none yet\n', 'hosts: # none\nvms: []\n'])
    assert.ok(addedHost(`version: 1\n${head}`, one).includes(`hosts:`), head);
  const empty = addedHost('version: 1\r\nhosts: []  # none yet\r\nvms: []', one);
  assert.equal(empty, `version: 1\r\nhosts:  # none yet\r\n  ${line}\r\nvms: []`);
});

test('a host is forgotten with its own lines, and what is said above it stays', () => {
  const gone = editedText(BLOCK, ['hosts', 0], undefined);
  assert.ok(gone.includes('  # the first\n\n  - { mac: 52:54:00:00:00:02'));
  assert.ok(!gone.includes('ada'));
  const none = editedText(editedText(BLOCK, ['hosts', 1], undefined), ['hosts', 0], undefined);
  assert.equal((parse(none) as { hosts: unknown }).hosts, null);
  assert.ok('cluster' in parseCluster(none, 'f'));
});

test('a byte order mark and CRLF stay', () => {
  const windows = `\uFEFF${BLOCK.replaceAll('\n', '\r\n')}`;
  assert.equal(set(windows, 0, 'name=eve'), windows.replace('name: ada', 'name: eve'));
});

test('what is written with anchors, or in several lines of brackets with comments, is left to a person', () => {
  const shared = 'hosts:\n  - &a { mac: "52:54:00:00:00:01", labels: &l { x: y } }\n  - { name: b, labels: *l }\n';
  assert.throws(() => set(shared, 1, 'labels.x=z'), EditError);
  const flow = 'hosts: [\n  { name: a }, # one\n  { name: b } # two\n]\n';
  assert.throws(() => editedText(flow, ['hosts', 0], undefined), EditError);
});

test('a word that is no change says what is wrong with it', () => {
  assert.match(JSON.stringify(readChange('adress=10.1.2.3')), /did you mean address\?/);
  assert.match(JSON.stringify(readChange('name')), /KEY=VALUE/);
  assert.match(JSON.stringify(readChange('disks=S1')), /there is mac, uuid/);
});

test('any text stands in a file as it is', () => {
  for (const value of [
    'a: b',
    '- x',
    'true',
    '12',
    '0x1',
    'a #b',
    '"',
    "'",
    '{',
    '*a',
    '',
    ' a ',
    'ü',
    'a,b',
    '1:30',
    '~',
    'null',
  ])
    assert.equal(parse(`{ k: ${valueText(value)} }`).k, value);
});

/** Everything behind a `#`, roughly; the vectors have no `#` within a text. */
const comments = (text: string): string[] => (text.match(/(^|\s)#.*$/gm) ?? []).map((line) => line.trim());
const VECTORS = new URL('../../../test/vectors/cluster/valid/', import.meta.url);
const files = readdirSync(VECTORS).map((name) => readFileSync(new URL(name, VECTORS), 'utf8'));

test('law: in every right file each edit keeps all comments and order, and an edit and its undoing give the file back', () => {
  let edited = 0;
  for (const text of files) {
    const reading = parseCluster(text, 'f');
    assert.ok('cluster' in reading);
    for (const [index, host] of reading.cluster.hosts.entries()) {
      let there: string;
      try {
        there = set(text, index, 'pool=somewhere');
      } catch (error) {
        assert.ok(error instanceof EditError);
        continue;
      }
      edited += 1;
      assert.deepEqual(comments(there), comments(text));
      const kept = there.replace(/,? ?pool: somewhere/, '').replaceAll(/\s/g, '');
      if (host.pool === undefined) {
        assert.equal(kept, text.replaceAll(/\s/g, ''));
        assert.equal(set(there, index, 'pool='), text);
      }
      assert.equal(set(there, index, 'pool=somewhere'), there, 'twice is once');
    }
  }
  assert.ok(edited >= 15, `${edited} hosts could be edited`);
});

test('law: setting what is there already changes nothing', () => {
  assert.equal(set(BLOCK, 0, 'name=ada', 'labels.disk=ssd', 'profile='), BLOCK);
  assert.equal(set(BLOCK, 1, 'wake=false'), BLOCK);
});
