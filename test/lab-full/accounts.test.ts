import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { Board } from '../../lab/board.ts';
import type { Machine } from '../../lab/machine.ts';
import { buildRack } from '../../lab/rack.ts';
import { findTools } from '../../lab/tools.ts';
import { ensureDrive, writeClusterFile, writeDriveFile } from '../../src/build/main.ts';
import { sha512crypt, type Sha512 } from '../../src/core/secrets/sha512crypt.ts';
import { publicLine, writePrivateKey } from '../../src/core/ssh/hostKey.ts';
import { createHash } from '../../src/shell/builtin.ts';
import { run } from '../../src/shell/run.ts';
import { makeSshKey } from '../../src/shell/sshKey.ts';
import { consoleOf, PATIENCE } from '../fixtures/lab.ts';

/** Accounts on real hosts: entered by a key and by a password, on the host of the drive and on one that is listed by MAC and UUID. */

const PASSWORD = 'correct horse';
const KEY = makeSshKey();

const sha512: Sha512 = (...pieces) => {
  const hash = createHash('sha512');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};
const HASH = sha512crypt(Buffer.from(PASSWORD), 'saltsaltsaltsalt', 5000, sha512);

/** What a unit of the administrator's own finds on its host. `su` asks nobody's password of root, so another one calls it. */
const LOOK = `#!/bin/sh
say() { echo "look: $*" > /dev/console; }
as() { echo "$1" | setpriv --reuid=65534 --regid=65534 --clear-groups su "$2" -c 'id -un' 2>/dev/null; }
for try in $(seq 240); do
  if grep -q '^bob:[$]6' /etc/shadow; then break; fi
  sleep 2
done
for try in $(seq 60); do
  came=$(ssh -i /opt/key -o BatchMode=yes -o StrictHostKeyChecking=no ada@127.0.0.1 id -un 2>/dev/null) && break
  sleep 2
done
say ada "$came, $(id -u ada), $(id -Gn ada)"
say keys "$(stat -c '%U %a' /etc/ssh/authorized_keys.d/ada)"
say home "$(stat -c '%U %a' /home/ada)"
say asroot "$(ssh -i /opt/key -o BatchMode=yes -o StrictHostKeyChecking=no root@127.0.0.1 id -un 2>/dev/null)"
say bob "$(as '${PASSWORD}' bob), $(as wrong bob || echo refused)"
say root "$(as '${PASSWORD}' root)"
say shadow "$(stat -c '%U %a' /etc/shadow)"
say login "$(login --version 2>&1 | head -n 1)"
say open "$(grep -c '[$]6[$]' /etc/pxen/accounts)"
say end
`;

const UNIT = '[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/opt/look\n';

async function withAccounts(drive: string, text: string): Promise<void> {
  const plain = parse(text) as { hosts: { mac: string }[] };
  const hosts = plain.hosts.map((host) => ({
    ...host,
    uuid: `70786e00-6c61-4b62-8000-0000000000${host.mac.slice(-2)}`,
  }));
  const access = {
    password: { secret: 'root' },
    accounts: [
      { name: 'ada', sshKeys: [publicLine(KEY, 'ada@desk')], root: true, groups: ['adm'] },
      { name: 'bob', uid: 3007, password: { secret: 'bob' }, shell: '/bin/sh' },
    ],
  };
  const files = [
    { path: '/opt/look', text: LOOK, mode: '0755' },
    { path: '/opt/key', text: writePrivateKey(KEY, 'ada@desk'), mode: '0600' },
  ];
  const settings = [{ files, units: { 'look.service': { state: 'enabled', text: UNIT } } }];
  await writeClusterFile(drive, stringify({ ...plain, hosts, access, settings, vms: [] }));
  await writeDriveFile(drive, 'secrets.yaml', stringify({ version: 1, secrets: { root: HASH, bob: HASH } }));
}

/** What the look said on a console, by its first word. */
async function lookOf(machine: Machine, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
  for (;;) {
    const said = consoleOf(machine).matchAll(/look: (\w+) ?([^\r\n]*)/g);
    const found = Object.fromEntries(Array.from(said, ([, word = '', rest = '']) => [word, rest]));
    if ('end' in found) return found;
    await sleep(500, undefined, { signal });
  }
}

test(
  'accounts are entered by key and by password, on host0 and on a host listed by MAC and UUID',
  PATIENCE,
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'pxen-test-accounts-'));
    const drive = await ensureDrive((what) => process.stderr.write(`${what}\n`));
    const tools = await findTools(run, 'bios');
    const board = new Board((machine, at, what) => t.diagnostic(`${at.toFixed(1)} ${machine.spec.name} ${what}`));
    const options = { drive, writeClusterFile: withAccounts, hosts: 2, firmware: 'bios' as const };
    const rack = await buildRack(options, { run, tools, folder, events: board.events });
    const late = AbortSignal.timeout(PATIENCE.timeout - 60_000);
    try {
      await rack.host0.powerOn();
      for (const machine of rack.machines) {
        const { login, ada, ...look } = await lookOf(machine, late);
        assert.match(ada ?? '', /^ada, \d+, ada adm$/);
        assert.deepEqual(look, {
          keys: 'root 644',
          home: 'ada 700',
          asroot: 'root',
          bob: 'bob, refused',
          root: 'root',
          shadow: 'root 600',
          open: '0',
          end: '',
        });
        assert.match(login ?? '', /util-linux/);
        t.diagnostic(`${machine.spec.name} ${JSON.stringify(look)}`);
      }
    } finally {
      await rack.close();
    }
    await rm(folder, { recursive: true, force: true });
  },
);
