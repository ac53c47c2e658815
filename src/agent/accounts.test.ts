import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, HostSecrets } from '../core/api/hostSecrets.ts';
import { accountsText, ACCOUNTS_FILE } from '../core/secrets/accounts.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { Accounts } from './accounts.ts';

const ROOT = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  '/etc/shadow': 'root:*:20454:0:99999:7:::\n',
  '/etc/group': 'root:x:0:\nadm:x:4:\n',
  '/etc/gshadow': 'root:*::\nadm:*::\n',
};
const ada: Account = { name: 'ada', uid: 3000, sshKeys: ['ssh-ed25519 AAAAada'], groups: ['adm'], shell: '/bin/bash' };
const bob: Account = { name: 'bob', uid: 3007, sshKeys: [], groups: [], shell: '/bin/sh' };

function host(more: Readonly<Record<string, string>> = {}) {
  const files = new FakeHostFiles({ ...ROOT, ...more });
  const log = new FakeLog();
  const ran: string[] = [];
  const run = async (command: readonly string[]) => {
    ran.push(command.join(' '));
    return { code: 0, stdout: '', stderr: '' };
  };
  const text = (path: string): string => files.texts.get(path) ?? '';
  return { files, log, ran, text, accounts: new Accounts({ files, log, run, clock: new FakeClock() }) };
}

const given = (accounts: Account[], more: Partial<HostSecrets> = {}): HostSecrets => ({
  schema: 'pxen.host-secrets/1',
  accounts,
  ...more,
});

test('accounts that came with the boot are made: their lines, a home that is theirs, keys that are root\u2019s', async () => {
  const { accounts, text, ran, log } = host({ [ACCOUNTS_FILE]: accountsText([ada]) });
  await accounts.look();
  await accounts.look();
  assert.match(text('/etc/passwd'), /^ada:x:3000:3000:of cluster\.yaml:\/home\/ada:\/bin\/bash$/m);
  assert.match(text('/etc/shadow'), /^ada:\*:/m);
  assert.match(text('/etc/group'), /^adm:x:4:ada$/m);
  assert.equal(text('/etc/ssh/authorized_keys.d/ada'), 'ssh-ed25519 AAAAada\n');
  assert.deepEqual(ran, ['install -d -m 700 -o 3000 -g 3000 /home/ada']);
  assert.deepEqual(log.of('ACCOUNTS_APPLIED').length, 1);
});

test('a host without accounts is left as it is', async () => {
  const { accounts, files, ran, log } = host();
  await accounts.look();
  assert.deepEqual(Object.fromEntries(files.texts), ROOT);
  assert.deepEqual([ran, log.of('ACCOUNTS_APPLIED')], [[], []]);
});

test('passwords come over TLS, go when they are taken away, and never stand in the open file', async () => {
  const { accounts, text } = host({ [ACCOUNTS_FILE]: accountsText([ada]) });
  await accounts.look();
  await accounts.give(given([{ ...ada, passwordHash: '$6$s$MARKED' }], { rootPasswordHash: '$6$r$h' }));
  assert.match(text('/etc/shadow'), /^root:\$6\$r\$h:20454:/m);
  assert.match(text('/etc/shadow'), /^ada:\$6\$s\$MARKED:/m);
  assert.doesNotMatch(text(ACCOUNTS_FILE) + text('/etc/passwd'), /MARKED/);
  await accounts.look();
  assert.match(text('/etc/shadow'), /^ada:\$6\$s\$MARKED:/m);
  await accounts.give(given([ada]));
  assert.match(text('/etc/shadow'), /^root:\*:20454:/m);
  assert.match(text('/etc/shadow'), /^ada:\*:/m);
});

test('a password of root that somebody set by hand stays when that of the file goes', async () => {
  const { accounts, files, text } = host();
  await accounts.give(given([], { rootPasswordHash: '$6$r$h' }));
  files.texts.set('/etc/shadow', text('/etc/shadow').replace('$6$r$h', '$y$by$hand'));
  await accounts.give(given([]));
  assert.match(text('/etc/shadow'), /^root:\$y\$by\$hand:/m);
});

test('an account that is no longer named is gone at once: its lines, its keys, and what runs as it', async () => {
  const { accounts, files, text, ran } = host({
    [ACCOUNTS_FILE]: accountsText([ada, bob]),
    '/proc/17/status': 'Name:\tbash\nUid:\t3000\t3000\t3000\t3000\n',
    '/proc/18/status': 'Name:\tbash\nUid:\t3007\t3007\t3007\t3007\n',
    '/proc/1/status': 'Name:\tsystemd\nUid:\t0\t0\t0\t0\n',
  });
  await accounts.look();
  await accounts.give(given([bob]));
  assert.doesNotMatch(text('/etc/passwd') + text('/etc/shadow') + text('/etc/group'), /ada/);
  assert.deepEqual(ran.slice(-2), ['rm -f /etc/ssh/authorized_keys.d/ada', 'sh -c kill -KILL "$@" sh 17']);
  assert.equal(text(ACCOUNTS_FILE), accountsText([bob]));
  files.texts.delete(ACCOUNTS_FILE);
  await accounts.look();
  assert.equal(text('/etc/passwd'), ROOT['/etc/passwd']);
});

test("root's keys follow the file", async () => {
  const { accounts, text } = host({ '/root/.ssh/authorized_keys': 'old\n' });
  await accounts.give(given([]));
  assert.equal(text('/root/.ssh/authorized_keys'), 'old\n');
  await accounts.give(given([], { rootSshKeys: ['new'] }));
  assert.equal(text('/root/.ssh/authorized_keys'), 'new\n');
});

test('what cannot be applied is said once, without a password, and is tried again', async () => {
  const { accounts, files, log, text } = host({ [ACCOUNTS_FILE]: accountsText([ada]) });
  files.texts.delete('/etc/shadow');
  await accounts.look();
  await accounts.look();
  assert.equal(log.of('ACCOUNTS_FAILED').length, 1);
  files.texts.set('/etc/shadow', ROOT['/etc/shadow']);
  await accounts.look();
  assert.match(text('/etc/shadow'), /^ada:\*:/m);
});

test('a file of accounts that is torn, or of another form, changes nothing', async () => {
  const whole = accountsText([ada]);
  for (const broken of [whole.slice(0, 40), '[]', 'null', '{"schema":"pxen.accounts/1","accounts":[{"name":3}]}']) {
    const { accounts, log, text } = host({ [ACCOUNTS_FILE]: broken });
    await accounts.look();
    assert.equal(text('/etc/passwd'), ROOT['/etc/passwd']);
    assert.equal(log.of('ACCOUNTS_FAILED').length, 1, broken);
  }
});
