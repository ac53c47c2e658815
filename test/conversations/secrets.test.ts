import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VERBS } from '../../src/cli/verbs.ts';
import { hostSecrets } from '../../src/core/api/hostSecrets.ts';
import type { BootView } from '../../src/core/api/service.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { createClusterService } from '../../src/host0/cluster.ts';
import { SecretsInForce } from '../../src/host0/secretsFile.ts';
import { diskFiles } from '../../src/shell/files.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { run } from '../../src/shell/run.ts';
import { entry, report, uuid, wanted } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { startRig } from '../fixtures/rig.ts';

/**
 * Every value that nobody may see is marked, and looked for in all that pxen says: to a person, to a program, to a machine, in
 * its log and in its history. A hash of a password is marked as well.
 */
const HASH = '$6$rounds=5000$MARKEDsalt$MARKEDMARKEDMARKED';
const MARK = /MARKED/;

const ACCESS = {
  password: { secret: 'root' },
  accounts: [{ name: 'ada', sshKeys: ['ssh-ed25519 AAAAada'], password: HASH }],
  operatorToken: { secret: 'operator' },
};
const SECRETS = `version: 1
secrets:
  root: "${HASH}"
  operator: "MARKED-token-0123456789"
`;
const CLUSTER = `version: 1
cluster: { name: lab }
access:
  sshKeys: []
  password: { secret: root }
  accounts:
    - { name: ada, sshKeys: [ssh-ed25519 AAAAada], password: ${HASH} }
  operatorToken: { secret: operator }
hosts:
  - { mac: 52:54:00:00:00:01, name: ada }
`;

/** Each verb that can be called here, in ways that succeed and in ways that fail. */
const CALLS: readonly (readonly [words: string, input?: string])[] = [
  ['check'],
  ['check --json'],
  ['check --explain ada --json'],
  ['check secrets.yaml'],
  ['host list --json'],
  ['host show ada --json'],
  ['host set ada pool=front'],
  ['config history --json'],
  ['config diff 1'],
  ['config diff 1 --json'],
  ['config migrate'],
  ['config restore 1'],
  ['host forget ada --json'],
  ['secrets list --json'],
  ['secrets show operator --json'],
  ['secrets set operator --json', 'MARKED-3-0123456789abcdef'],
  ['secrets set root', 'MARKED, no hash'],
  ['secrets set operator MARKED'],
  ['secrets set spare', 'MARKED 4'],
  ['secrets forget spare --json'],
  ['secrets forget root'],
  ['secrets wrap operator --passphrase passphrase'],
  ['secrets show operator --reveal --passphrase wrong'],
  ['secrets unwrap --passphrase wrong'],
  ['secrets unlock --passphrase wrong'],
  ['secrets unwrap --json --passphrase passphrase'],
  ['secrets wrap nobody --passphrase passphrase'],
  ['config diff 1'],
];

/** Not about these files, or in need of a drive, a network or a terminal. `secrets hash` prints a hash, which is its work. */
const ELSEWHERE = /^(serve|lab|test|bench|soak|status|image .*|drive .*|host0|agent|config edit|secrets (hash|lock))$/;

test('no verb shows a marked value, whether it succeeds or fails; nor does the history of secrets', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-redacted-'));
  t.after(() => rm(folder, { recursive: true }));
  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  await put('cluster.yaml', CLUSTER);
  await put('secrets.yaml', SECRETS);
  await put('passphrase', 'MARKED passphrase');
  await put('wrong', 'MARKED other');
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
  const shown = async (words: string, input = ''): Promise<void> => {
    const command = [process.execPath, main, ...words.split(' ')];
    const { stdout, stderr } = await run(command, { cwd: folder, input, accept: [0, 1, 2] });
    assert.ok(!/defect in pxen/.test(stderr), stderr);
    assert.doesNotMatch(stdout + stderr, MARK, words);
  };
  for (const [words, input] of CALLS) await shown(words, input);
  assert.doesNotMatch(await readFile(join(folder, 'state', 'history', 'secrets.txt'), 'utf8'), MARK);
  assert.doesNotMatch(await readFile(join(folder, 'state', 'history', 'log.txt'), 'utf8'), MARK);
  // The same with mistakes in the lines where the values stand.
  await put('cluster.yaml', CLUSTER.replace(HASH, '"MARKED", shell: bash').replace('sshKeys: []', 'sshKeys: 3'));
  await put('secrets.yaml', `${SECRETS}  broken: [MARKED\n`);
  for (const words of ['check', 'check --json', 'secrets list', 'host list', 'config diff 1']) await shown(words);
});

test('every verb that is about these files is among the calls', () => {
  const called = new Set(CALLS.map(([words]) => words));
  const uncalled = VERBS.map(({ name }) => name).filter(
    (name) => !ELSEWHERE.test(name) && ![...called].some((words) => words === name || words.startsWith(`${name} `)),
  );
  assert.deepEqual(uncalled, []);
});

const MACHINE = '52:54:00:00:00:01' as Mac;

/** host0's cluster service with the secrets of a folder, asked by a host that was given an address here. */
async function service(folder: string, hosts: readonly unknown[], from: string) {
  await writeFile(join(folder, 'secrets.yaml'), SECRETS);
  const { images, cluster: lab } = wanted({ access: ACCESS, hosts });
  const log = new FakeLog();
  const secrets = new SecretsInForce({
    files: diskFiles(folder),
    cluster: () => lab,
    unlocked: async () => undefined,
    log,
  });
  await secrets.check();
  const known = {
    mac: MACHINE,
    name: 'ada',
    address: ip(from),
    listed: true,
    wake: 'none',
    heard: true,
    problem: null,
  };
  const boot = {
    timelines: { add: () => undefined, of: () => [], macs: () => [] },
    machines: () => [known],
    machineAt: (address: Ipv4) => (address === from ? known : undefined),
    reported: () => undefined,
    twins: () => [],
    address: ip('10.0.0.1'),
    release: 'r1',
    uptime: () => 1,
  } as unknown as BootView;
  const deps = { images, boot, log, cluster: () => lab, secrets: secrets.current, warnings: secrets.warnings };
  const security = { fingerprint: () => undefined, sshKeyOf: () => undefined, ownSshKey: () => undefined };
  const clock = { now: () => 0, sleep: async () => undefined };
  const made = createClusterService({ ...deps, clock, security, drive: async () => 'present' as const });
  const ask = async (method: string, path: string, body: unknown = '', way: object = {}) => {
    const text = JSON.stringify(body);
    const at = { from: ip(from), fromPort: 700, secure: true, ...way };
    const request = { method, path, query: new Map<string, string>(), body: Buffer.from(text), ...at };
    const { status, body: answer } = await made.handle(request);
    return { status, text: String(answer) };
  };
  return { ask, log };
}

const SELF = '/api/v1/hosts/self/secrets';

test('only a host that is listed by MAC and UUID is told, over TLS and as root; no other answer and no line of the log has a mark', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-redacted-'));
  t.after(() => rm(folder, { recursive: true }));
  const hosts = [{ ...entry(1, 'ada'), uuid: uuid(1) }];
  const { ask, log } = await service(folder, hosts, '10.0.0.2');
  const given = [
    await ask('GET', SELF),
    await ask('POST', '/api/v1/report', report(1)),
    await ask('GET', SELF, '', { secure: false }),
    await ask('GET', SELF, '', { fromPort: 50_000 }),
    await ask('GET', SELF, '', { from: ip('10.0.0.9') }),
    await ask('GET', '/api/v1/status'),
    await ask('GET', '/api/v1/events'),
    await ask('GET', '/api/v1/secrets'),
  ];
  for (const { text } of given) assert.doesNotMatch(text, MARK);
  const told = await ask('GET', SELF);
  assert.equal(told.status, 200);
  const secrets = hostSecrets.parse(JSON.parse(told.text));
  assert.equal(secrets.rootPasswordHash, HASH);
  assert.equal(secrets.accounts[0]?.passwordHash, HASH);
  assert.doesNotMatch(told.text, /MARKED-token/);
  assert.doesNotMatch(JSON.stringify(log.said), MARK);
});

test('a host that is listed by its MAC alone is told why it gets nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-redacted-'));
  t.after(() => rm(folder, { recursive: true }));
  const { ask } = await service(folder, [{ mac: MACHINE, name: 'ada' }], '10.0.0.2');
  await ask('POST', '/api/v1/report', report(1));
  const { status, text } = await ask('GET', SELF);
  assert.equal(status, 403);
  assert.match(text, /by MAC address only; add its uuid/);
});

test('neither boot HTTP nor the facts of a machine have a secret; accounts travel without their hash', async () => {
  const hosts = [{ mac: MACHINE, uuid: uuid(1), name: 'ada' }];
  const rig = await startRig({ cluster: { access: ACCESS, hosts } });
  const outside = [
    '/secrets.yaml',
    '/boot/secrets.yaml',
    '/boot/../secrets.yaml',
    '/boot/%2e%2e/secrets.yaml',
    '/metrics',
  ];
  const made = [`/ipxe/${MACHINE}`, `/node/${MACHINE}/initrd`, `/node/${MACHINE}/xen.cfg`];
  for (const path of [...outside, ...made]) {
    const { status, body } = await rig.http.get(path, ip('10.1.2.50'));
    const text = Buffer.from(body).toString('latin1');
    assert.doesNotMatch(text, MARK, path);
    if (path.includes('secrets')) assert.ok(status === 403 || status === 404, path);
    if (path.endsWith('initrd')) assert.match(text, /pxen\/files\/etc\/pxen\/accounts[^]*"name":"ada"/);
  }
  assert.doesNotMatch(JSON.stringify(rig.log.said), MARK);
  await rig.host0.stop();
});
