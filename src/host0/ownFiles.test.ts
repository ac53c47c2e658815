import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import type { Run } from '../shell/run.ts';
import { putOwnFiles } from './ownFiles.ts';

async function put(settings: Record<string, unknown>[], texts: Record<string, string> = {}, broken = '') {
  const asked: string[] = [];
  const run: Run = async (command) => {
    asked.push(command.join(' '));
    if (broken !== '' && command.join(' ').startsWith(broken)) throw new Error('no such thing');
    return { code: 0, stdout: '', stderr: '' };
  };
  const deps = { run, files: new FakeHostFiles(texts), log: new FakeLog() };
  await putOwnFiles(cluster({ settings }), { name: 'ada', entry: undefined }, '/drive', deps);
  return { asked, ...deps };
}

test('host0 gets what its settings say, and begins it: it is up already', async () => {
  const { asked, files } = await put([
    {
      files: [{ path: '/etc/motd', from: 'motd', mode: '0600' }],
      units: { 'mine.service': { text: '[Service]\n', state: 'enabled' }, 'chrony.service': { state: 'disabled' } },
      sysctl: { 'vm.swappiness': 10 },
    },
  ]);
  assert.equal(files.texts.get('/etc/systemd/system/mine.service'), '[Service]\n');
  assert.ok(asked.includes('install -D -m 600 /drive/overlay/motd /etc/motd'));
  assert.ok(asked.includes('ln -sfn /dev/null /etc/systemd/system/chrony.service'));
  assert.deepEqual(asked.slice(asked.indexOf('systemctl daemon-reload')), [
    'systemctl daemon-reload',
    'systemctl stop --no-block chrony.service',
    'systemctl restart --no-block pxen-sysctl.service',
    'systemctl start --no-block mine.service',
  ]);
});

test('without settings nothing is run', async () => {
  assert.deepEqual((await put([])).asked, []);
});

test('what fails is said, and all else is done', async () => {
  const files = [
    { path: '/etc/a', from: 'gone' },
    { path: '/etc/b', text: 'b' },
  ];
  const done = await put([{ files }], {}, 'install');
  assert.match(done.log.of('BOOT_OWN_FILE')[0] ?? '', /\/etc\/a: no such thing/);
  assert.equal(done.files.texts.get('/etc/b'), 'b');
});

test('settings choose host0 by its hardware, which nobody looks at else', async () => {
  const amd = { for: { hardware: { cpuVendor: 'amd' } }, files: [{ path: '/etc/a', text: 'a' }] };
  const found = await put([amd], { '/proc/cpuinfo': 'processor\t: 0\nvendor_id\t: AuthenticAMD\n' });
  assert.equal(found.files.texts.get('/etc/a'), 'a');
  assert.equal((await put([amd])).files.texts.has('/etc/a'), false);
});

test('an edit is followed at once; what is not wanted any more stays on the list until the next boot', async () => {
  const before = 'file /etc/motd text 00000000\nsysctl vm.swappiness = 7\n';
  const { files } = await put([{ sysctl: { 'vm.swappiness': 9 } }], { '/etc/pxen/applied': before });
  assert.equal(files.texts.get('/etc/pxen/applied'), 'sysctl vm.swappiness = 9\nfile /etc/motd text 00000000\n');
});
