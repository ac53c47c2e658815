import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { ip } from '../../test/fixtures/dhcp.ts';
import { bootSite, wishSite } from '../../test/fixtures/wishSite.ts';
import { OPERATOR } from '../core/api/service.ts';
import { Guesses } from '../core/secrets/guesses.ts';
import { Secret } from '../core/secrets/secret.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { operatorDoor } from './operatorDoor.ts';

const TEXT = 'version: 1\ncluster: { name: lab }\n';
const TOKEN = 'MARKED-0123456789abcdef';
const MARK = /MARKED/;

async function door(context: TestContext, access: object, secrets: Secrets) {
  const lab = wishSite(context, TEXT);
  lab.putSecrets(`version: 1\nsecrets:\n  operator: ${TOKEN}\n`);
  const { commands, keep } = await bootSite(lab);
  await keep();
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const wanted = cluster({ access });
  const open = operatorDoor({
    cluster: () => wanted,
    secrets: () => secrets,
    commands: async () => commands,
    clock,
    log,
  });
  const ask = async (token: string | undefined, more: object = {}): Promise<readonly [number, string]> => {
    const way = { from: ip('10.0.0.9'), fromPort: 5000, secure: true, query: new Map<string, string>() };
    const what = { method: 'GET', path: `${OPERATOR}/cluster.yaml`, body: new Uint8Array() };
    const authorization = token === undefined ? undefined : `Bearer ${token}`;
    const { status, body } = await open({ ...way, ...what, authorization, ...more });
    return [status, String(body)];
  };
  return { ask, clock, log, lab };
}

const ACCESS = { operatorToken: { secret: 'operator' } };
const OPEN: Secrets = new Map([['operator', { value: new Secret(TOKEN) }]]);

test('with the token an operator is answered as root of host0 is over its socket, and the history says from where', async (t) => {
  const { ask, lab } = await door(t, ACCESS, OPEN);
  const [status, body] = await ask(TOKEN);
  assert.deepEqual(
    [status, JSON.parse(body)],
    [200, { schema: 'pxen.cluster-file/1', name: 'cluster.yaml', text: TEXT }],
  );
  const after = TEXT.replace('lab', 'rack');
  const wish = { schema: 'pxen.wish/1', before: TEXT, after, who: 'ada@desk', what: 'config edit' };
  const post = { method: 'POST', path: `${OPERATOR}/wish`, body: Buffer.from(JSON.stringify(wish)) };
  assert.equal((await ask(TOKEN, post))[0], 200);
  assert.deepEqual([lab.now(), lab.history().at(-1)], [after, 'ada@desk,operator@10.0.0.9 config edit']);
  assert.equal((await ask(TOKEN, { path: `${OPERATOR}/else` }))[0], 404);
  const secrets = await ask(TOKEN, { path: `${OPERATOR}/secrets` });
  assert.deepEqual(JSON.parse(secrets[1]).secrets, [{ name: 'operator', wrapped: null }]);
});

test('without access.operatorToken, without its secret and over plain HTTP the door is shut, and says so', async (t) => {
  const none = await door(t, {}, OPEN);
  assert.match((await none.ask(TOKEN)).join(), /^403,.*cluster\.yaml has no access\.operatorToken/);
  for (const secrets of [
    new Map(),
    new Map([['operator', { missing: 'the secret operator is wrapped' }]]),
    new Map([['operator', { value: new Secret('short') }]]),
  ] as Secrets[]) {
    const shut = await door(t, ACCESS, secrets);
    assert.match((await shut.ask('short')).join(), /^403,.*is not to be had on host0: pxen status says why/);
  }
  const { ask, log } = await door(t, ACCESS, OPEN);
  assert.match((await ask(TOKEN, { secure: false })).join(), /^403,.*over HTTPS only/);
  await ask(TOKEN, { secure: false });
  assert.match(log.of('OPERATOR_PLAIN').join(), /^[^\n]*10\.0\.0\.9 sent a token over plain HTTP[^\n]*$/);
  assert.doesNotMatch(JSON.stringify(log.said), MARK);
});

test('wrong tokens are said, and heard ever more slowly, for each address by itself; the right one ends that', async (t) => {
  const { ask, clock, log } = await door(t, ACCESS, OPEN);
  const other = { from: ip('10.0.0.10') };
  assert.match((await ask(undefined)).join(), /^401,.*give the operator's token/);
  assert.match((await ask(`${TOKEN}x`)).join(), /^401,.*this is not the operator's token/);
  assert.match((await ask(TOKEN)).join(), /^429,.*heard again in 1 s/, 'the right one as well');
  assert.equal((await ask(TOKEN, other))[0], 200);
  for (const seconds of [1, 2, 4, 8]) {
    await clock.pass(seconds * 1000);
    assert.equal((await ask('', { authorization: 'Basic Zm9v' }))[0], 401);
  }
  await clock.pass(15_999);
  assert.equal((await ask(TOKEN))[0], 429);
  await clock.pass(1);
  assert.equal((await ask(TOKEN))[0], 200);
  assert.equal((await ask('wrong'))[0], 401);
  assert.match((await ask(TOKEN)).join(), /again in 1 s/);
  assert.equal(log.of('OPERATOR_WRONG').length, 1, 'once a minute');
  assert.doesNotMatch(JSON.stringify(log.said), MARK);
});

test('an address waits five minutes at most, and of addresses no more than a thousand are remembered', () => {
  const guesses = new Guesses();
  for (let count = 1; count <= 40; count += 1) assert.equal(guesses.wrong('a', 0), count);
  assert.deepEqual([guesses.wait('a', 0), guesses.wait('a', 299_999), guesses.wait('a', 300_000)], [300_000, 1, 0]);
  for (let count = 0; count < 1000; count += 1) guesses.wrong(`b${count}`, 0);
  assert.deepEqual([guesses.wait('a', 0), guesses.wait('b0', 0)], [0, 1000]);
});
