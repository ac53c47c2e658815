import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../api/hostSecrets.ts';
import { DecodeError } from '../net/bytes.ts';
import { withAccounts, type UserFiles, type UserWishes } from './userFiles.ts';

const SYSTEM: UserFiles = {
  passwd: `root:x:0:0:root:/root:/bin/bash
sshd:x:990:65534:sshd user:/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`,
  shadow: `root:*:20454:0:99999:7:::
sshd:!*:20454::::::
nobody:*:20454:0:99999:7:::
`,
  group: `root:x:0:
adm:x:4:
sudo:x:27:carol
nogroup:x:65534:
`,
  gshadow: `root:*::
adm:*::
sudo:*::carol
nogroup:*::
`,
};

const ada: Account = { name: 'ada', uid: 3000, sshKeys: ['k'], groups: ['adm', 'sudo', 'kvm'], shell: '/bin/bash' };
const bob: Account = { name: 'bob', uid: 3007, sshKeys: [], groups: [], shell: '/bin/sh', passwordHash: '$6$s$h' };

const wishes = (...accounts: readonly Account[]): UserWishes => ({ accounts, hasPasswords: true, root: undefined });
const applied = (files: UserFiles, ...accounts: readonly Account[]): UserFiles =>
  withAccounts(files, wishes(...accounts)).files;

test('accounts stand behind those of the system, each with a group of its own', () => {
  const { files, names, gone, lacks } = withAccounts(SYSTEM, { ...wishes(ada, bob), root: '$6$r$h' });
  assert.deepEqual(files, {
    passwd: `${SYSTEM.passwd}ada:x:3000:3000:of cluster.yaml:/home/ada:/bin/bash
bob:x:3007:3007:of cluster.yaml:/home/bob:/bin/sh
`,
    shadow: `root:$6$r$h:20454:0:99999:7:::
sshd:!*:20454::::::
nobody:*:20454:0:99999:7:::
ada:*:::::::
bob:$6$s$h:::::::
`,
    group: `root:x:0:
adm:x:4:ada
sudo:x:27:carol,ada
nogroup:x:65534:
ada:x:3000:
bob:x:3007:
`,
    gshadow: `root:*::
adm:*::ada
sudo:*::carol,ada
nogroup:*::
ada:!::
bob:!::
`,
  });
  assert.deepEqual([names, gone, lacks], [['ada', 'bob'], [], ['ada: the host has no group kvm']]);
});

test('doing it twice is doing it once, whatever was before', () => {
  const lists = [[], [ada], [bob], [ada, bob], [bob, ada]];
  for (const before of lists)
    for (const after of lists) {
      const once = applied(applied(SYSTEM, ...before), ...after);
      assert.deepEqual(once, applied(SYSTEM, ...after));
      assert.deepEqual(applied(once, ...after), once);
    }
});

test('an account that is no longer named is gone from all four files, and its id is told', () => {
  const both = applied(SYSTEM, ada, bob);
  const { files, gone } = withAccounts(both, wishes(bob));
  assert.deepEqual(gone, [3000]);
  assert.doesNotMatch(Object.values(files).join(''), /\bada\b/);
  assert.deepEqual(applied(both), SYSTEM);
});

test('an account that somebody made by hand is left alone, and goes before one of the same name or id', () => {
  const byHand = {
    ...SYSTEM,
    passwd: `${SYSTEM.passwd}ada:x:1000:1000:Ada,,,:/home/ada:/bin/bash\neve:x:3007:3007::/home/eve:/bin/sh\n`,
    shadow: `${SYSTEM.shadow}ada:$y$h:1::::::\neve:!:1::::::\n`,
  };
  const { files, lacks } = withAccounts(byHand, wishes(ada, bob));
  assert.deepEqual(files, byHand);
  assert.match(lacks[0] ?? '', /ada: the host has an account or a group of that name/);
  assert.match(lacks[1] ?? '', /bob: the host has an account or a group with the id 3007/);
});

test('until passwords have come those that are there stay; then the list decides', () => {
  const both = applied(SYSTEM, ada, bob);
  const { passwordHash: _, ...open } = bob;
  const early = withAccounts(both, { ...wishes(ada, open), hasPasswords: false });
  assert.match(early.files.shadow, /^bob:\$6\$s\$h:/m);
  assert.match(applied(both, ada, open).shadow, /^bob:\*:/m);
  const first = withAccounts(SYSTEM, { ...wishes(open), hasPasswords: false });
  assert.match(first.files.shadow, /^bob:\*:/m);
});

test("root's password changes only where it is told", () => {
  assert.equal(withAccounts(SYSTEM, wishes()).files.shadow, SYSTEM.shadow);
  const with6 = withAccounts(SYSTEM, { ...wishes(), root: '$6$r$h' }).files;
  assert.match(with6.shadow, /^root:\$6\$r\$h:20454:/);
  assert.deepEqual(withAccounts(with6, { ...wishes(), root: '*' }).files, SYSTEM);
});

test('a field that would break out of its line is refused', () => {
  for (const evil of [{ shell: '/bin/sh\nx:x:0:0' }, { name: 'a:b' }, { passwordHash: 'x:y' }, { shell: ':' }])
    assert.throws(() => withAccounts(SYSTEM, wishes({ ...bob, ...evil })), DecodeError);
});
