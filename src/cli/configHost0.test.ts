import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { bootSite, wishSite } from '../../test/fixtures/wishSite.ts';
import { controlOf } from '../host0/control.ts';
import { serveControl } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';
import { run } from '../shell/run.ts';

const OLD = 'version: 1\ncluster: { name: lab }   # ours\nhosts:\n  - { mac: 52:54:00:00:00:01, name: ada }\n';

/** host0 with its socket, and `pxen` as it is called there. */
async function host0(context: TestContext) {
  const lab = wishSite(context, OLD);
  const socket = join(folderFor(context), 'host0.sock');
  const { commands, file, keep } = await bootSite(lab);
  await keep();
  const ending = new AbortController();
  context.after(() => ending.abort());
  await serveControl(
    socket,
    controlOf(async () => commands),
    ending.signal,
  );
  const command = [process.execPath, join(import.meta.dirname, 'main.ts')];
  const env = { PXEN_CONTROL: socket, VISUAL: 'sed -i s/lab/rack/', SSH_CONNECTION: '10.1.2.9 50000 10.1.2.1 22' };
  const pxen = (...words: string[]) => run([...command, ...words], { accept: [0, 1, 2], env });
  return { lab, file, pxen, socket };
}

test('on host0 commands change the cluster.yaml of the drive, which is in force at once; the history says who, when, what', async (t) => {
  const { lab, file, pxen, socket } = await host0(t);
  assert.equal(statSync(socket).mode & 0o777, 0o600, 'nobody but root');
  const set = await pxen('host', 'set', 'ada', 'address=10.1.2.3');
  assert.deepEqual([set.code, set.stderr], [0, '']);
  assert.match(set.stdout, /cluster\.yaml is changed; the change is safe on drive\n$/);
  const wanted = OLD.replace('name: ada', 'name: ada, address: 10.1.2.3');
  assert.deepEqual([lab.now(), file.text()], [wanted, wanted]);
  const edit = JSON.parse((await pxen('config', 'edit', '--json')).stdout) as Record<string, unknown>;
  assert.deepEqual([edit['changed'], edit['safe'], edit['file']], [true, 'drive', 'cluster.yaml']);
  assert.match(String(edit['diff']), /^\+ cluster: \{ name: rack \} {3}# ours$/m);
  const history = (await pxen('config', 'history')).stdout;
  assert.match(history, /^ +2 {2}2026-01-02T03:04:05Z {2}\S+@\S+,10\.1\.2\.9 {2}host set ada address=10\.1\.2\.3$/m);
  assert.equal((await pxen('config', 'restore', '1')).code, 0);
  assert.deepEqual([lab.now(), file.text()], [OLD, OLD]);
  assert.match((await pxen('config', 'diff', '3')).stdout, /^\+ cluster: \{ name: lab \}/m);
});

test('what a command refuses on host0 it says in the sentence of the boot server, with its exit code', async (t) => {
  const { lab, pxen } = await host0(t);
  const wrong = await pxen('host', 'set', 'ada', 'address=10.1.2.300');
  assert.deepEqual([wrong.code, lab.now()], [2, OLD]);
  assert.match(wrong.stderr, /"10\.1\.2\.300" is not an IPv4 address/);
});

test('without the drive wishes are refused before an editor opens, and what is in force can be read', async (t) => {
  const lab = wishSite(t, OLD);
  lab.spoil({
    names: async () => {
      throw new Failure('the drive is pulled, and a wish can only be changed on it', 'Put it back, then try again.');
    },
  });
  const { commands } = await bootSite(lab);
  const socket = join(folderFor(t), 'host0.sock');
  const ending = new AbortController();
  t.after(() => ending.abort());
  await serveControl(
    socket,
    controlOf(async () => commands),
    ending.signal,
  );
  const main = join(import.meta.dirname, 'main.ts');
  const opened = join(folderFor(t), 'opened');
  writeFileSync(opened, 'no');
  const env = { PXEN_CONTROL: socket, VISUAL: `echo yes > ${opened};` };
  const { code, stderr } = await run([process.execPath, main, 'config', 'edit'], { accept: [0, 1, 2], env });
  assert.deepEqual([code, stderr.includes('the drive is pulled')], [1, true], stderr);
  assert.match(stderr, /remedy: Put it back, then try again/);
  const listed = await run([process.execPath, main, 'host', 'list'], { env });
  assert.match(listed.stdout, /^ada +52:54/m);
  assert.equal(statSync(opened).size, 2, 'no editor was opened');
});

test('a boot server that does not answer is named, with what tells why', async (t) => {
  const socket = join(folderFor(t), 'host0.sock');
  writeFileSync(socket, '');
  const main = join(import.meta.dirname, 'main.ts');
  const env = { PXEN_CONTROL: socket };
  const { code, stderr } = await run([process.execPath, main, 'host', 'forget', 'ada'], { accept: [0, 1, 2], env });
  assert.equal(code, 1);
  assert.match(stderr, /the boot server of this host does not answer.*\n.*systemctl status pxen-host0/);
});
