import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostSecrets as shape } from '../api/hostSecrets.ts';
import { parseCluster } from '../cluster/read.ts';
import type { Cluster } from '../cluster/schema.ts';
import type { Mac } from '../net/mac.ts';
import { hostSecrets, whyNothing } from './hostSecrets.ts';
import { Secret } from './secret.ts';
import type { Secrets } from './secrets.ts';

const UUID = '4c4c4544-0051-3610-8052-b4c04f4e3132';
const SWAPPED = '44454c4c-5100-1036-8052-b4c04f4e3132';
const MAC = '52:54:00:00:00:01' as Mac;
const HASH = '$6$rounds=5000$saltsalt$abcdefghij';

function clusterOf(text: string): Cluster {
  const reading = parseCluster(`version: 1\ncluster: { name: lab }\n${text}`, 'cluster.yaml');
  assert.ok('cluster' in reading, JSON.stringify(reading));
  return reading.cluster;
}

const CLUSTER = clusterOf(`
access:
  password: { secret: root }
  accounts:
    - { name: ada, sshKeys: [ssh-ed25519 AAAAada], password: ${HASH}, groups: [adm] }
    - { name: bob, uid: 3001, password: { secret: bob } }
hosts:
  - { mac: "${MAC}", uuid: ${UUID}, name: ada }
  - { mac: 52:54:00:00:00:02, name: bob }
  - { uuid: 4c4c4544-0051-3610-8052-b4c04f4e3199, name: eve }
`);
const SECRETS: Secrets = new Map([['root', { value: new Secret(HASH) }]]);

test('a host listed by MAC and UUID, both as it reported them, gets its accounts and hashes', () => {
  const given = hostSecrets(CLUSTER, SECRETS, { uuid: UUID, macs: [MAC] });
  assert.ok(given.kind === 'given');
  assert.deepEqual(shape.parse(given.secrets), given.secrets);
  assert.equal(given.secrets.rootPasswordHash, HASH);
  const [ada, bob] = given.secrets.accounts;
  assert.deepEqual(ada?.passwordHash, HASH);
  assert.deepEqual([bob?.uid, bob?.passwordHash], [3001, undefined]);
  assert.deepEqual(given.lacks, ['bob has no password: secrets.yaml has no entry bob']);
});

test('a board that says its UUID in the other byte order is the same board', () => {
  assert.equal(hostSecrets(CLUSTER, SECRETS, { uuid: SWAPPED, macs: [MAC] }).kind, 'given');
});

const refusals: readonly (readonly [what: string, uuid: string, mac: string, why: RegExp])[] = [
  ['an unknown machine', UUID, '52:54:00:00:00:99', /no host with its MAC/],
  ['one listed by its MAC alone', UUID, '52:54:00:00:00:02', /by MAC address only/],
  ['one listed by its UUID alone', '4c4c4544-0051-3610-8052-b4c04f4e3199', '52:54:00:00:00:99', /no host with/],
  ['one with the UUID of another host', '4c4c4544-0051-3610-8052-b4c04f4e3199', MAC, /another UUID/],
  ['one whose board has no UUID', '00000000-0000-0000-0000-000000000000', MAC, /no UUID of its own/],
  ['one that says no UUID', '', MAC, /no UUID of its own/],
];

for (const [what, uuid, mac, why] of refusals) {
  test(`${what} gets nothing, with the reason`, () => {
    const asker = { uuid, macs: [mac as Mac] };
    const given = hostSecrets(CLUSTER, SECRETS, asker);
    assert.ok(given.kind === 'refused');
    assert.match(given.why, why);
    assert.equal(whyNothing(CLUSTER, asker), given.why);
  });
}

test('a secret that is a plain password is not handed out as a hash', () => {
  const plain: Secrets = new Map([['root', { value: new Secret('hunter2') }]]);
  const given = hostSecrets(CLUSTER, plain, { uuid: UUID, macs: [MAC] });
  assert.ok(given.kind === 'given');
  assert.equal(given.secrets.rootPasswordHash, undefined);
  assert.ok(given.lacks.includes('root has no password: the secret root is not the hash of a password'));
  assert.doesNotMatch(JSON.stringify(given), /hunter2/);
});
