import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import type { Run } from '../shell/run.ts';
import { ownSettings } from './own.ts';

const run: Run = async () => ({ code: 0, stdout: '', stderr: '' });
const SYSCTL = '/etc/sysctl.d/90-pxen.conf';

test('what is set for this host is put into force at once, and again when cluster.yaml changes, not before', async () => {
  const clock = new FakeClock();
  const files = new FakeHostFiles({});
  let asked = 0;
  const place = {
    dir: '/drive',
    device: undefined,
    selfOf: async () => ({ name: 'ada', entry: undefined, at: asked++ }),
  };
  const own = ownSettings(place, { run, files, log: new FakeLog() }, clock);
  let current = cluster({ settings: [{ sysctl: { 'vm.swappiness': 7 } }] });
  const file = { current: () => current, text: () => '', warnings: () => [], check: async () => undefined };
  const ending = new AbortController();
  const done = own.keep(file, ending.signal);
  await clock.pass(20_000);
  assert.deepEqual([files.texts.get(SYSCTL), asked], ['vm.swappiness = 7\n', 1]);
  current = cluster({ settings: [{ sysctl: { 'vm.swappiness': 9 } }] });
  await clock.pass(6000);
  assert.deepEqual([files.texts.get(SYSCTL), asked], ['vm.swappiness = 9\n', 2]);
  ending.abort();
  await clock.pass(6000);
  await done;
  assert.deepEqual(own.warnings(), []);
});

test('whatever fails is said, and the loop goes on', async () => {
  const clock = new FakeClock();
  const log = new FakeLog();
  const place = { dir: '/drive', device: undefined, selfOf: () => Promise.reject(new Error('no board')) };
  const own = ownSettings(place, { run, files: new FakeHostFiles({}), log }, clock);
  let current = cluster({});
  const file = { current: () => current, text: () => '', warnings: () => [], check: async () => undefined };
  const ending = new AbortController();
  const done = own.keep(file, ending.signal);
  await clock.pass(1000);
  current = cluster({});
  await clock.pass(6000);
  assert.equal(log.of('BOOT_OWN_FILE').length, 2);
  ending.abort();
  await clock.pass(6000);
  await done;
});
