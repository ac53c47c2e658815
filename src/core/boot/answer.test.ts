import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, mac } from '../../../test/fixtures/cluster.ts';
import { edk2, ipxe, message } from '../../../test/fixtures/dhcp.ts';
import { policy } from '../../../test/fixtures/policy.ts';
import type { Options } from '../dhcp/options.ts';
import { answer, sentenceOfAnswer, type Answer, type Asked, type Policy, type Role } from './answer.ts';
import { clientOf, FEATURE } from './client.ts';
import { machineOf } from './machine.ts';

const dhcp = (options: Options, hasLoader = false): Asked => ({
  protocol: 'dhcp',
  client: clientOf(message(mac(1), options)),
  hasLoader,
});
const FILES: readonly Asked[] = [
  { protocol: 'tftp', path: 'loaders/snponly.efi', writes: false },
  { protocol: 'http', path: 'releases/r1/xen' },
  { protocol: 'script', mac: mac(1) },
];
const FIRMWARE = [edk2(0), edk2(7), ipxe(7, [FEATURE.http, FEATURE.efi])];

const wanted = (parts: Record<string, unknown>): Pick<Policy, 'wish'> =>
  machineOf(cluster(parts), mac(1), { uuid: '', serial: '' });
const shown = (given: Answer): string => `${given.kind} [${given.rule}]`;

test('B3: what is refused on one protocol is refused on all, by the same rule', () => {
  for (const [parts, rule] of [
    [{ hosts: [{ mac: mac(1), name: 'ada', boot: 'deny' }] }, 'host.denied'],
    [{ hosts: [{ mac: mac(2) }], boot: { unknown: 'ignore' } }, 'unknown.ignore'],
  ] as const) {
    const { wish } = wanted(parts);
    for (const role of ['full', 'proxy', 'emergency'] as const) {
      for (const options of FIRMWARE)
        assert.equal(shown(answer(dhcp(options), policy(role, { wish }))), `silence [${rule}]`);
      for (const asked of FILES) assert.equal(shown(answer(asked, policy(role, { wish }))), `refusal [${rule}]`);
    }
  }
});

test('B3: a machine that must not boot still gets an address for the system on its disk', () => {
  const { wish } = wanted({ hosts: [{ mac: mac(1), boot: 'deny' }] });
  assert.equal(shown(answer(dhcp({}), policy('full', { wish }))), 'address [system]');
  assert.equal(shown(answer(dhcp({}), policy('proxy', { wish }))), 'silence [role.proxy.no-boot-client]');
});

test('what is allowed is allowed on all', () => {
  for (const asked of [...FILES, ...FIRMWARE.map((options) => dhcp(options))]) {
    assert.ok(['loader', 'script', 'file'].includes(answer(asked, policy()).kind));
  }
});

test('every answer names its rule, and a silent role silences every protocol', () => {
  const roles: readonly Role[] = ['silent', 'proxy', 'full', 'emergency'];
  for (const role of roles) {
    for (const asked of [...FILES, ...[...FIRMWARE, {}].map((options) => dhcp(options))]) {
      const given = answer(asked, policy(role));
      assert.match(given.rule, /^[a-z]+([.-][a-z]+)*$/);
      if (role === 'silent') assert.equal(shown(given), 'silence [role.silent]');
    }
  }
});

test('B8: our own iPXE is never fed its binary again', () => {
  const able = ipxe(7, [FEATURE.http, FEATURE.efi]);
  assert.equal(shown(answer(dhcp(able), policy())), 'script [ipxe.script]');
  assert.equal(shown(answer(dhcp(able, true), policy())), 'script [ipxe.script]');
  assert.equal(
    shown(answer(dhcp(ipxe(0, []), true), policy())),
    'script [ipxe.once]',
    'not even one that can do little',
  );
});

test("B9: firmware's own iPXE that cannot do what the script wants gets a loader", () => {
  assert.equal(shown(answer(dhcp(ipxe(0, [FEATURE.http])), policy())), 'loader [ipxe.loader]');
});

test('a reason is told with its rule in brackets', () => {
  const given = answer({ protocol: 'http', path: '../keys' }, policy());
  assert.equal(sentenceOfAnswer(given), 'the path leads out of boot/ [file.confined]');
});
