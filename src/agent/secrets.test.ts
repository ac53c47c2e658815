import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicLine, writePrivateKey } from '../core/ssh/hostKey.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { makeSshKey } from '../shell/sshKey.ts';
import { PATHS } from './machine.ts';
import { SecretsWatch } from './secrets.ts';

type Answer = { readonly json: string } | { readonly refused: string } | undefined;

/** A host whose boot server answers in this order, and then always with the last. */
function host(...answers: (Answer | Error)[]) {
  const files = new FakeHostFiles();
  const log = new FakeLog();
  const ran: string[] = [];
  let asked = 0;
  const secrets = async (): Promise<Answer> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const run = async (command: readonly string[]) => {
    ran.push(command.join(' '));
    return { code: 0, stdout: '', stderr: '' };
  };
  const watch = new SecretsWatch({ files, log, run, clock: new FakeClock() }, { secrets }, { give: async () => [] });
  const looks = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await watch.look();
  };
  return { files, log, ran, looks, asked: () => asked };
}

const key = makeSshKey();
const given = (...keys: (typeof key)[]): Answer => ({
  json: JSON.stringify({
    schema: 'pxen.host-secrets/1',
    accounts: [],
    sshHostKeys: keys.map((one) => ({
      type: 'ed25519',
      privateKey: writePrivateKey(one, 'root@ada'),
      publicKey: publicLine(one, 'root@ada'),
    })),
  }),
});

test('the SSH host key is put in place once, and a server that runs begins anew', async () => {
  const { files, ran, looks, asked } = host(given(key));
  await looks(200);
  assert.equal(files.texts.get(PATHS.sshKey), writePrivateKey(key, 'root@ada'));
  assert.equal(files.texts.get(`${PATHS.sshKey}.pub`), `${publicLine(key, 'root@ada')}\n`);
  assert.deepEqual(ran, ['systemctl try-restart --no-block ssh.service']);
  assert.ok(asked() > 1 && asked() < 6, String(asked()));
});

test('a refusal is said once, and asked about again after a while', async () => {
  const { files, log, looks } = host({ refused: 'add its uuid' }, { refused: 'add its uuid' }, given(key));
  await looks(61);
  assert.equal(log.of('AGENT_NO_SECRETS').length, 1);
  assert.equal(files.texts.size, 0);
  await looks(122);
  assert.ok(files.texts.has(PATHS.sshKey));
});

test('a boot server that is away, or makes its keys yet, is asked again at the next report', async () => {
  const { files, looks } = host(undefined, new Error('away'), new Error('away'), given(key));
  await looks(4);
  assert.ok(files.texts.has(PATHS.sshKey));
});

test('nonsense in place of secrets changes nothing', async () => {
  const { files, ran, looks } = host({ json: '{' }, { json: '{"schema":"other"}' });
  await looks(3);
  assert.equal(files.texts.size + ran.length, 0);
});
