import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../shell/run.ts';

const TEXT = `version: 1
cluster: { name: lab }   # ours
hosts:
  - { mac: 52:54:00:00:00:01, name: ada }  # the first
`;

let folder = '';
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'pxen-config-'))));
after(() => rm(folder, { recursive: true }));

const file = (): string => join(folder, 'cluster.yaml');
const pxen = (words: readonly string[], env: Record<string, string> = {}) =>
  run([process.execPath, join(import.meta.dirname, 'main.ts'), ...words, '--file', folder], { accept: [0, 1, 2], env });
const now = (): Promise<string> => readFile(file(), 'utf8');

test('a host is changed, added and forgotten; comments stay; each change is in the history and can be undone', async () => {
  await writeFile(file(), TEXT);
  assert.equal((await pxen(['host', 'set', 'ada', 'address=10.1.2.3'])).code, 0);
  assert.equal(await now(), TEXT.replace('name: ada', 'name: ada, address: 10.1.2.3'));
  await pxen(['host', 'set', 'bob', 'mac=52:54:00:00:00:02', 'labels.disk=ssd']);
  assert.match((await pxen(['host', 'list'])).stdout, /^bob +52:54:00:00:00:02 +- +- +- +disk=ssd$/m);
  assert.match((await pxen(['host', 'show', 'bob'])).stdout, /^labels\.disk +ssd +.*cluster\.yaml:5:\d+$/m);
  await pxen(['host', 'forget', 'ada']);
  assert.ok(!(await now()).includes('ada'));
  const { stdout } = await pxen(['config', 'history']);
  assert.deepEqual(stdout.match(/^ +\d+/gm)?.map(Number), [1, 2, 3, 4]);
  assert.match(stdout, /as it was found\n.*host set ada address=10\.1\.2\.3\n/);
  await pxen(['config', 'restore', '1']);
  assert.equal(await now(), TEXT);
});

test('what would be a mistake changes nothing and says where it would be', async () => {
  const text = await now();
  const { code, stderr } = await pxen(['host', 'set', 'ada', 'address=10.1.2.300']);
  assert.deepEqual([code, await now()], [2, text]);
  assert.match(stderr, /"10\.1\.2\.300" is not an IPv4 address/);
  assert.match((await pxen(['host', 'set', 'adda', 'pool=x'])).stderr, /no host adda.*\n.*Did you mean ada\?/);
  assert.match((await pxen(['config', 'restore', '99'])).stderr, /no change 99/);
});

test('an editor works on a copy: with a mistake the file stays as it was, without it takes its place', async () => {
  const text = await now();
  const broken = await pxen(['config', 'edit'], { VISUAL: 'sed -i s/version/verison/' });
  assert.deepEqual([broken.code, await now()], [2, text]);
  assert.match(broken.stderr, /Did you mean `version`\?/);
  const good = await pxen(['config', 'edit'], { VISUAL: 'sed -i s/lab/rack/' });
  assert.deepEqual([good.code, await now()], [0, text.replace('lab', 'rack')]);
  assert.match(good.stdout, /^- cluster: \{ name: lab \}/m);
});

test('a file that is not there has no history, and that is said', async () => {
  const words = [process.execPath, join(import.meta.dirname, 'main.ts'), 'config', 'history'];
  const { code, stderr } = await run([...words, '--file', join(folder, 'none', 'cluster.yaml')], { accept: [2] });
  assert.equal(code, 2);
  assert.match(stderr, /none\/cluster\.yaml is not there/);
});

test('what a person changed by hand shows as a difference, and is in the history before the next change', async () => {
  await writeFile(file(), (await now()).replace('ours', 'mine'));
  assert.match((await pxen(['config', 'diff'])).stdout, /^\+ cluster: \{ name: rack \} {3}# mine$/m);
  await pxen(['host', 'set', 'ada', 'wake=false']);
  const { changes } = JSON.parse((await pxen(['config', 'history', '--json'])).stdout) as {
    changes: { what: string }[];
  };
  assert.deepEqual(
    changes.slice(-2).map(({ what }) => what),
    ['changed by hand', 'host set ada wake=false'],
  );
});

test('why a change cannot be written is a sentence, and the file stays', async () => {
  await writeFile(file(), TEXT);
  await mkdir(`${file()}.new`);
  try {
    const { code, stderr } = await pxen(['host', 'set', 'ada', 'address=10.1.2.9']);
    assert.equal(code, 1);
    assert.match(stderr, /cluster\.yaml cannot be changed: it is a folder\nremedy: /);
    assert.equal(await now(), TEXT);
  } finally {
    await rm(`${file()}.new`, { recursive: true });
  }
});
