import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, mac, uuid } from '../../../test/fixtures/cluster.ts';
import { machineOf, type Marks } from './machine.ts';
import { chosen, profileIn, type Wish } from './wish.ts';

const LINUX = { payload: { kind: 'linux', kernel: 'nixos/bzImage' } };
const NOTHING: Marks = { uuid: undefined, serial: undefined };

const wishOf = (parts: Record<string, unknown>, n = 1, marks = NOTHING): Wish =>
  machineOf(cluster(parts), mac(n), marks).wish;
const ruleOf = (parts: Record<string, unknown>, n = 1, marks = NOTHING): string => {
  const wish = wishOf(parts, n, marks);
  return `${wish.kind} ${profileIn(wish)?.name ?? '-'} [${wish.rule}]`;
};
const host = (more: Record<string, unknown> = {}) => ({
  mac: mac(1),
  name: 'ada',
  labels: { os: 'nixos', rack: 'a' },
  ...more,
});

test('the first rule that applies decides: denied, its own profile, one that chooses it, the default', () => {
  const profiles = { nixos: { ...LINUX, for: { labels: { os: 'nixos' } } }, mine: LINUX, other: LINUX };
  assert.equal(ruleOf({ hosts: [host()] }), 'boot xen [boot.default]');
  assert.equal(ruleOf({ hosts: [host()], profiles, boot: { default: 'other' } }), 'boot nixos [profile.for]');
  assert.equal(ruleOf({ hosts: [host({ profile: 'mine' })], profiles }), 'boot mine [host.profile]');
  assert.equal(ruleOf({ hosts: [host({ profile: 'mine', boot: 'deny' })], profiles }), 'refuse - [host.denied]');
  assert.equal(
    ruleOf({ hosts: [host({ labels: {} })], profiles, boot: { default: 'other' } }),
    'boot other [boot.default]',
  );
});

test('of two profiles that choose a host the one by name wins, then the later', () => {
  const by = (one: unknown, other: unknown) =>
    ruleOf({ hosts: [host()], profiles: { one: { ...LINUX, for: one }, other: { ...LINUX, for: other } } });
  assert.equal(by({ name: 'a*' }, { labels: { os: 'nixos' } }), 'boot one [profile.for]');
  assert.equal(by({ labels: { rack: 'a' } }, { labels: { os: 'nixos' } }), 'boot other [profile.for]');
  assert.equal(by({ labels: { rack: 'b' } }, { labels: { os: 'debian' } }), 'boot xen [boot.default]');
});

test('B4: an unknown machine does what cluster.yaml says; by default it boots where no host is named, else it may choose', () => {
  const hosts = [host()];
  const unknown = (boot: Record<string, unknown> | undefined, named = hosts) =>
    ruleOf({ hosts: named, profiles: { nixos: LINUX }, ...(boot ? { boot } : {}) }, 9);
  assert.equal(unknown(undefined, []), 'boot xen [unknown.boot]');
  assert.equal(unknown(undefined), 'menu xen [unknown.menu]');
  assert.equal(unknown({ unknown: 'menu' }, []), 'menu xen [unknown.menu]');
  assert.equal(unknown({ unknown: 'boot', default: 'nixos' }), 'boot nixos [unknown.boot]');
  assert.equal(unknown({ unknown: 'ignore' }), 'refuse - [unknown.ignore]');
  assert.equal(unknown({ unknown: 'discovery' }), 'boot discovery [unknown.profile]');
  assert.equal(unknown({ unknown: 'nixos' }), 'boot nixos [unknown.profile]');
});

test('the menu offers what it boots by itself first, then all that can be named', () => {
  const wish = wishOf(
    { hosts: [host()], profiles: { nixos: LINUX }, boot: { menu: { default: 'local', timeout: '5s' } } },
    9,
  );
  assert.ok(wish.kind === 'menu');
  assert.deepEqual(
    wish.items.map(({ name }) => name),
    ['local', 'xen', 'nixos', 'discovery'],
  );
  assert.equal(wish.timeout, 5);
});

test('a choice counts where there is a menu, and opens no other door', () => {
  const menu = wishOf({ hosts: [host()] }, 9);
  assert.deepEqual([profileIn(chosen(menu, 'local'))?.name, chosen(menu, 'local').rule], ['local', 'menu.choice']);
  assert.equal(chosen(menu, 'windows'), menu);
  const denied = wishOf({ hosts: [host({ boot: 'deny' })] });
  assert.equal(chosen(denied, 'xen'), denied);
  const known = wishOf({ hosts: [host()] });
  assert.equal(chosen(known, 'local'), known);
});

test('a machine that may be listed by a mark it has not told is asked, once it has told it is known', () => {
  const bySerial = { hosts: [{ serial: 'S1', name: 'eve', profile: 'local' }], boot: { unknown: 'ignore' } };
  assert.equal(ruleOf(bySerial), 'ask - [unknown.ask]');
  assert.equal(ruleOf(bySerial, 1, { uuid: uuid(1), serial: undefined }), 'ask - [unknown.ask]');
  assert.equal(ruleOf(bySerial, 1, { uuid: undefined, serial: 'S1' }), 'boot local [host.profile]');
  assert.equal(ruleOf(bySerial, 1, { uuid: undefined, serial: '' }), 'refuse - [unknown.ignore]');
  const byUuid = { hosts: [{ uuid: uuid(1), name: 'eve', boot: 'deny' }] };
  assert.equal(ruleOf(byUuid), 'ask - [unknown.ask]');
  assert.equal(ruleOf(byUuid, 1, { uuid: uuid(1), serial: undefined }), 'refuse - [host.denied]');
  assert.equal(ruleOf(byUuid, 1, { uuid: '', serial: undefined }), 'menu xen [unknown.menu]');
});
