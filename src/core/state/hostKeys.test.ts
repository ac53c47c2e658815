import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, mac } from '../../../test/fixtures/cluster.ts';
import { makeSshKey } from '../../shell/sshKey.ts';
import { canonicalUuid } from '../identity/machine.ts';
import { fingerprint } from '../ssh/hostKey.ts';
import { hostKeyOf, keptHostKeys } from './hostKeys.ts';
import { hostKeysShape } from './hostKeysShape.ts';

const [A, B, HOST0] = [
  '6f3c1a52-8e0b-4c1d-9d2e-0123456789ab',
  '0a1b2c3d-4e5f-4a6b-8c7d-abcdef012345',
  '11aa22bb-33cc-44dd-95ee-66ff77008899',
];
const both = {
  hosts: [
    { mac: mac(1), uuid: A, name: 'ada' },
    { mac: mac(2), uuid: B, name: 'bea' },
  ],
};
const more = { hosts: [...both.hosts, { mac: mac(3), name: 'cy' }, { uuid: HOST0, name: 'dot' }] };

test('who is listed by MAC and UUID both has a key that stays, and who was host0; nobody else', () => {
  const first = keptHostKeys([], cluster(more), [HOST0, ''], makeSshKey);
  assert.deepEqual(first.map(({ uuid }) => uuid).sort(), [A, B, HOST0].map(canonicalUuid).sort());
  assert.deepEqual(hostKeysShape.parse(JSON.parse(JSON.stringify(first))), first);
  assert.equal(keptHostKeys(first, cluster(more), [HOST0], makeSshKey), first);
  const kept = hostKeyOf(first, A);
  assert.ok(kept !== undefined);
  const later = keptHostKeys(first, cluster({ hosts: [both.hosts[0]] }), [], makeSshKey);
  assert.deepEqual(
    later.map(({ uuid }) => uuid),
    [canonicalUuid(A)],
  );
  assert.equal(fingerprint(hostKeyOf(later, A)!), fingerprint(kept));
});

test('the bytes of a UUID in the other order are the same host', () => {
  const keys = keptHostKeys([], cluster(both), [], makeSshKey);
  const swapped = '521a3c6f-0b8e-1d4c-9d2e-0123456789AB';
  assert.deepEqual(hostKeyOf(keys, swapped), hostKeyOf(keys, A));
  assert.equal(hostKeyOf(keys, HOST0), undefined);
});

test('a host that is forgotten and named again gets another key', () => {
  const keys = keptHostKeys([], cluster(both), [], makeSshKey);
  const gone = keptHostKeys(keys, cluster(), [], makeSshKey);
  assert.deepEqual(gone, []);
  assert.notDeepEqual(hostKeyOf(keptHostKeys(gone, cluster(both), [], makeSshKey), A), hostKeyOf(keys, A));
});
