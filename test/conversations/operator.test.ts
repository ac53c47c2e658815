import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ServiceRequest } from '../../src/core/api/service.ts';
import { referencesIn } from '../../src/core/secrets/references.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { controlOf } from '../../src/host0/control.ts';
import { bootHandler } from '../../src/host0/http.ts';
import type { HttpDeps } from '../../src/host0/entity.ts';
import { operatorDoor } from '../../src/host0/operatorDoor.ts';
import { realClock } from '../../src/shell/clock.ts';
import { serveControl } from '../../src/shell/control.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { serveHttp } from '../../src/shell/http.ts';
import { run } from '../../src/shell/run.ts';
import { fingerprintOf, issueServer, makeTrust } from '../../src/shell/tlsMake.ts';
import { folderFor } from '../fixtures/archive.ts';
import { bootSite, wishSite } from '../fixtures/wishSite.ts';

/** host0's two doors for commands, its socket and HTTPS, with `pxen` as it is called there and from a desk. */

const LOOPBACK = '127.0.0.1' as Ipv4;
const TOKEN = 'MARKED-0123456789abcdef';
const NEXT = 'MARKED-next-0123456789abcdef';
const MARK = /MARKED/;
const CLUSTER = `version: 1
cluster: { name: lab }
access: { operatorToken: { secret: operator } }
hosts:
  - { mac: 52:54:00:00:00:01, name: ada }
`;
const SECRETS = `version: 1\nsecrets: # all\n  operator: ${TOKEN}\n`;

async function host0(context: TestContext) {
  const lab = wishSite(context, CLUSTER);
  lab.putSecrets(SECRETS);
  const { commands, file, secrets, keep } = await bootSite(lab);
  await keep();
  const means = { cluster: file.current, secrets: secrets.current, commands: async () => commands };
  const door = operatorDoor({ ...means, clock: realClock, log: lab.log });
  const service = async () => ({ handle: (request: ServiceRequest) => door(request), onEvent: () => undefined });
  const trust = await makeTrust('lab');
  const serve = async (isSecure: boolean) => {
    // Of all that boot HTTP needs the API asks for nothing else.
    const deps = { service, isSecure, authorityNow: () => undefined } as unknown as HttpDeps;
    const tls = isSecure ? { tls: issueServer(trust, { addresses: [LOOPBACK], names: [] }) } : {};
    const served = { address: LOOPBACK, port: 0, files: fakeFiles(new Map()), broken: (error: unknown) => void error };
    const server = await serveHttp({ ...served, handler: bootHandler(deps), ...tls });
    context.after(() => server.close());
    return `${LOOPBACK}:${server.port}`;
  };
  const [ending, folder] = [new AbortController(), folderFor(context)];
  context.after(() => ending.abort());
  const socket = join(folder, 'host0.sock');
  symlinkSync(lab.ram, join(folder, 'drive'));
  await serveControl(socket, controlOf(means.commands), ending.signal);
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
  writeFileSync(join(folder, 'passphrase'), 'MARKED words\n');
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
  const pxen = (words: string, input = '', env: Record<string, string> = {}) =>
    run([process.execPath, main, ...words.split(' ')], {
      cwd: folder,
      input,
      accept: [0, 1, 2],
      env: { XDG_CONFIG_HOME: folder, SSH_CONNECTION: '10.1.2.9 50000 10.1.2.1 22', ...env },
    });
  const here = (words: string, input = '') => pxen(words, input, { PXEN_CONTROL: socket });
  return { lab, file, secrets, here, pxen, serve, fingerprint: fingerprintOf(trust.authority.cert) };
}

test('on host0 pxen secrets changes the file on the drive, says that it is safe there, and who did it from where', async (t) => {
  const { lab, here } = await host0(t);
  const set = await here('secrets set operator', NEXT);
  assert.deepEqual([set.code, set.stderr], [0, '']);
  assert.equal(set.stdout, 'operator is changed; the change is safe on drive\n');
  assert.equal(lab.secretsNow(), SECRETS.replace(TOKEN, NEXT));
  assert.match(lab.secretsLine(), /^2026-01-02T03:04:05Z \S+@\S+,10\.1\.2\.9 secrets set operator\n$/);
  const shown = [
    await here('secrets set spare --json', 'MARKED spare'),
    await here('secrets list'),
    await here('secrets wrap --passphrase passphrase'),
    await here('secrets forget spare'),
    await here('secrets forget operator'),
  ];
  assert.doesNotMatch(JSON.stringify([shown, lab.log.said, lab.secretsLine()]), MARK);
  assert.deepEqual(
    shown.map(({ code }) => code),
    [0, 0, 0, 0, 2],
  );
  assert.equal((await here('secrets show operator --reveal --passphrase passphrase')).stdout, `${NEXT}\n`);
  assert.equal((await here('secrets unwrap operator --passphrase passphrase')).code, 0);
  assert.match(lab.secretsNow() ?? '', /operator: MARKED-next/);
});

test('from a desk an operator changes cluster.yaml and secrets over HTTPS, with what is wrapped wrapped again', async (t) => {
  const { lab, file, secrets, pxen, serve, fingerprint } = await host0(t);
  const server = `--server https://${await serve(true)}`;
  const withFile = `${server} --token-file token --fingerprint ${fingerprint}`;
  const set = await pxen(`host set ada address=10.1.2.3 ${withFile}`);
  assert.deepEqual([set.code, set.stderr], [0, '']);
  assert.match(lab.now(), /name: ada, address: 10\.1\.2\.3/);
  assert.match(lab.history().at(-1) ?? '', /^\S+@\S+,10\.1\.2\.9,operator@127\.0\.0\.1 host set ada/);
  const edited = await pxen(`config edit ${withFile}`, '', { VISUAL: 'sed -i s/ada/eve/' });
  assert.deepEqual([edited.code, file.current().hosts[0]?.name], [0, 'eve']);
  assert.match((await pxen(`config history ${withFile}`)).stdout, /config edit\n$/);
  assert.match((await pxen(`host list ${withFile}`)).stdout, /^eve /m);
  const wrapped = await pxen(`secrets set operator --wrap --passphrase passphrase ${withFile}`, NEXT);
  assert.deepEqual([wrapped.code, wrapped.stdout], [0, 'operator is changed; the change is safe on drive\n']);
  assert.match(lab.secretsNow() ?? '', /operator: \{? ?wrapped/);
  assert.equal(secrets.file().get('operator') instanceof Object, true);
  // Shut up in its own wrapping, it opens no door until somebody unlocks it on host0.
  const shut = await pxen(`secrets list ${withFile}`);
  assert.deepEqual([shut.code, /pxen status says why/.test(shut.stderr)], [1, true], shut.stderr);
  assert.doesNotMatch(JSON.stringify([set, edited, wrapped, shut, lab.log.said]), MARK);
  assert.equal(referencesIn(file.current()).length, 1);
});

test('a token goes to no stranger, not over plain HTTP, and a wrong one is refused with what to do; nothing shows one', async (t) => {
  const { lab, pxen, serve, fingerprint } = await host0(t);
  const [secure, plain] = [await serve(true), await serve(false)];
  const refused: readonly (readonly [words: string, env: Record<string, string>, why: RegExp])[] = [
    [`config history --server ${secure}`, {}, /PXEN_TOKEN holds no token/],
    [`config history --server ${secure}`, { PXEN_TOKEN: 'MARKED' }, /what PXEN_TOKEN holds is no token of 20/],
    [`config history --server ${secure} --token-file token`, {}, /never asked from here.*\n.*--fingerprint SHA256:/],
    [`config history --server ${secure} --token-file token --fingerprint SHA256:x`, {}, /not that of --fingerprint/],
    [`config history --server http://${plain} --token-file token`, {}, /a token is sent over HTTPS only/],
    [`config history --server ${plain} --token-file token`, {}, /cannot be asked/],
    [`config history --server ${secure} --file . --token-file token`, {}, /name two places/],
    [
      `config history --server ${secure} --fingerprint ${fingerprint}`,
      { PXEN_TOKEN: NEXT },
      /not the operator's token/,
    ],
  ];
  for (const [words, env, why] of refused) {
    const { code, stdout, stderr } = await pxen(words, '', env);
    assert.ok(code > 0, words);
    assert.match(stderr, why, words);
    assert.doesNotMatch(stdout + stderr, MARK, words);
    assert.doesNotMatch(stderr, /defect in pxen/);
  }
  assert.equal(lab.log.of('OPERATOR_WRONG').length, 1);
  const answer = await fetch(`http://${plain}/api/v1/operator/cluster.yaml`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assert.deepEqual([answer.status, lab.log.of('OPERATOR_PLAIN').length], [403, 1]);
  assert.doesNotMatch(JSON.stringify(lab.log.said), MARK);
});
