import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseSecrets } from '../core/secrets/read.ts';
import { run } from '../shell/run.ts';

const CLUSTER = `version: 1
cluster: { name: lab }
access:
  password: { secret: root }
  operatorToken: { secret: operator }
`;

const TOKEN = 'MARKED-0123456789abcdef';
const OTHER = 'OTHER-0123456789abcdefg';

interface Folder {
  readonly path: string;
  readonly pxen: (words: string, input?: string) => Promise<{ code: number; stdout: string; stderr: string }>;
}

async function folder(context: TestContext, secrets?: string): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'pxen-secrets-'));
  context.after(() => rm(path, { recursive: true }));
  await writeFile(join(path, 'cluster.yaml'), CLUSTER);
  await writeFile(join(path, 'passphrase'), 'correct horse battery\n');
  await writeFile(join(path, 'wrong'), 'another one\n');
  if (secrets !== undefined) await writeFile(join(path, 'secrets.yaml'), secrets);
  const pxen = (words: string, input = '') =>
    run([process.execPath, join(import.meta.dirname, 'main.ts'), ...words.split(' ')], {
      cwd: path,
      input,
      accept: [0, 1, 2],
    });
  return { path, pxen };
}

const textIn = ({ path }: Folder): Promise<string> => readFile(join(path, 'secrets.yaml'), 'utf8');

test('a secret is set by a pipe, for its owner alone to read, and comments stay', async (t) => {
  const here = await folder(t, '# mine\nversion: 1\nsecrets: # all of them\n');
  assert.equal((await here.pxen('secrets set spare', 'a: "b"\n')).code, 0);
  assert.equal(await textIn(here), '# mine\nversion: 1\nsecrets: # all of them\n  spare: "a: \\"b\\""\n');
  assert.equal((await stat(join(here.path, 'secrets.yaml'))).mode & 0o777, 0o600);
  assert.equal((await here.pxen('secrets show spare --reveal')).stdout, 'a: "b"\n');
});

test('a value in the call is refused, and is not repeated', async (t) => {
  const { code, stdout, stderr } = await (await folder(t)).pxen('secrets set operator MARKED');
  assert.equal(code, 2);
  assert.match(stderr, /never read from the call/);
  assert.doesNotMatch(stdout + stderr, /MARKED/);
});

test('where cluster.yaml wants a hash, a password is refused with the command that makes one', async (t) => {
  const here = await folder(t);
  const { code, stderr } = await here.pxen('secrets set root', 'MARKED');
  assert.equal(code, 2);
  assert.match(stderr, /pxen secrets hash \| pxen secrets set root/);
  const { stdout: hash } = await here.pxen('secrets hash', 'MARKED');
  assert.match(hash, /^\$6\$rounds=\d+\$[./\w]{16}\$[./\w]{86}\n$/);
  assert.equal((await here.pxen('secrets set root', hash)).code, 0);
});

test('what is wrapped opens by its passphrase only, and is wrapped again when it changes', async (t) => {
  const here = await folder(t, `version: 1\nsecrets:\n  operator: ${TOKEN}\n`);
  assert.equal((await here.pxen('secrets wrap --passphrase passphrase')).code, 0);
  assert.doesNotMatch(await textIn(here), /MARKED/);
  const wrong = await here.pxen('secrets show operator --reveal --passphrase wrong');
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /not the passphrase/);
  assert.equal((await here.pxen('secrets show operator --reveal --passphrase passphrase')).stdout, `${TOKEN}\n`);
  assert.equal((await here.pxen('secrets set operator --passphrase wrong', OTHER)).code, 2);
  assert.equal((await here.pxen('secrets set operator --passphrase passphrase', OTHER)).code, 0);
  assert.doesNotMatch(await textIn(here), /OTHER/);
  assert.equal((await here.pxen('secrets unwrap operator --passphrase passphrase')).code, 0);
  assert.match(await textIn(here), /operator: OTHER-/m);
});

test('a token that could be guessed, or fits into no header, is refused, wrapped or not; check says the same of one that stands there', async (t) => {
  const here = await folder(t, 'version: 1\nsecrets:\n  operator: MARKED\n');
  for (const short of ['MARKED-short', 'MARKED and many words with spaces']) {
    for (const how of ['', ' --wrap --passphrase passphrase']) {
      const { code, stderr } = await here.pxen(`secrets set operator${how}`, short);
      assert.deepEqual([code, /MARKED/.test(stderr)], [2, false]);
      assert.match(stderr, /openssl rand -hex 20 \| pxen secrets set operator/);
    }
  }
  assert.match(
    (await here.pxen('check')).stderr,
    /cluster\.yaml:5:28: the entry `operator` of secrets\.yaml is no token/,
  );
});

test('a secret that cluster.yaml names is not forgotten; another one is, and the file stays right', async (t) => {
  const here = await folder(t, 'version: 1\nsecrets:\n  operator: x\n  spare: y\n');
  assert.match((await here.pxen('secrets forget operator')).stderr, /cluster\.yaml names operator at access/);
  assert.equal((await here.pxen('secrets forget spare')).code, 0);
  await writeFile(join(here.path, 'cluster.yaml'), 'version: 1\ncluster: { name: lab }\n');
  assert.equal((await here.pxen('secrets forget operator')).code, 0);
  const reading = parseSecrets(await textIn(here), 'secrets.yaml');
  assert.ok('secrets' in reading);
  assert.equal(reading.secrets.size, 0);
});

test('where no cluster.yaml is, none is made for a secret', async (t) => {
  const here = await folder(t);
  await rm(join(here.path, 'cluster.yaml'));
  const { code, stderr } = await here.pxen('secrets set operator', 'MARKED');
  assert.equal(code, 2);
  assert.match(stderr, /there is no cluster\.yaml/);
  await assert.rejects(textIn(here), /ENOENT/);
});

test('every change has its line: when, who and which name, and no value', async (t) => {
  const here = await folder(t);
  await here.pxen('secrets set operator', TOKEN);
  const log = await readFile(join(here.path, 'state', 'history', 'secrets.txt'), 'utf8');
  assert.match(log, /^\d{4}-\d\d-\d\dT[\d:]+Z \S+@\S+ secrets set operator\n$/);
});

test('check looks at both files: what one names and the other lacks has its place', async (t) => {
  const here = await folder(t);
  const absent = await here.pxen('check');
  assert.equal(absent.code, 0);
  assert.match(absent.stdout, /note: there is no secrets\.yaml, .*root, operator/);
  await writeFile(join(here.path, 'secrets.yaml'), 'version: 1\nsecrets:\n  operater: x\n  root: plain\n');
  const { code, stderr } = await here.pxen('check');
  assert.equal(code, 2);
  assert.match(stderr, /cluster\.yaml:4:23: the entry `root` of secrets\.yaml is not the hash of a password/);
  assert.match(stderr, /cluster\.yaml:5:28: secrets\.yaml has no entry `operator`\n.*\n.*\n.*Did you mean `operater`/);
  await writeFile(join(here.path, 'secrets.yaml'), 'version: 1\nsecrets:\n  root: 1234567\n');
  const broken = await here.pxen('check');
  assert.match(broken.stderr, /secrets\.yaml:3:9: `root` is read as a number/);
  assert.doesNotMatch(broken.stderr, /1234567/);
  assert.match((await here.pxen('check secrets.yaml')).stderr, /secrets\.yaml:3:9: /);
});
