import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun } from '../shell/fake/run.ts';
import { ISSUE, Warnings } from './warnings.ts';

const machine = () => {
  const files = new FakeHostFiles({
    '/sys/class/tty/console/active': 'tty0 hvc0\n',
    '/dev/pts/0': '',
    '/dev/pts/12': '',
    '/dev/pts/ptmx': '',
  });
  return { run: fakeRun({}), files, clock: new FakeClock(), log: new FakeLog() };
};

test('a warning of host0 is shown once on the screen, the serial line and every login, and stands above the next one', async () => {
  const host = machine();
  const warnings = new Warnings(host);
  for (let report = 0; report < 3; report += 1) await warnings.see(['cluster.yaml has a mistake:\ncluster.yaml:3:1']);
  assert.deepEqual(
    host.files.poked.map(([terminal]) => terminal),
    ['/dev/tty0', '/dev/hvc0', '/dev/pts/0', '/dev/pts/12'],
  );
  assert.match(host.files.poked[0]?.[1] ?? '', /^\r\npxen: WARNING: cluster\.yaml has a mistake:\r\ncluster/);
  assert.match(host.files.texts.get(ISSUE) ?? '', /WARNING: cluster\.yaml has a mistake/);
  assert.equal(host.log.of('AGENT_WARNED').length, 1);
});

test('that it is over is said once, and nothing while there is nothing', async () => {
  const host = machine();
  const warnings = new Warnings(host);
  await warnings.see([]);
  assert.deepEqual(host.files.poked, []);
  await warnings.see(['a']);
  await warnings.see([]);
  await warnings.see([]);
  assert.match(host.files.poked.at(-1)?.[1] ?? '', /is over/);
  assert.deepEqual([host.files.poked.length, host.files.texts.get(ISSUE)], [8, '']);
});
