import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deafness } from './deafLink.ts';

test('F13: the inner network of a container is said to hear no broadcasts, and nothing else is', () => {
  const why = deafness({ name: 'eth0', kind: 'veth' }, 'Docker');
  assert.match(why ?? '', /container \(Docker\) .* does not arrive at eth0/);
  for (const [kind, container] of [
    ['', 'Docker'],
    ['macvlan', 'Podman'],
    ['ipvlan', 'Podman'],
    ['bridge', 'Docker'],
    ['veth', undefined],
    ['', undefined],
  ] as const)
    assert.equal(deafness({ name: 'eth0', kind }, container), undefined, `${kind} in ${container}`);
});
