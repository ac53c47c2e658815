import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../shell/fail.ts';
import type { Run } from '../shell/run.ts';
import { checkNamespaces } from './namespaces.ts';

const ada = { isRoot: false, name: 'ada' };

/** A machine on which commands fail that hold this word. */
const failing =
  (word: string, stderr: string): Run =>
  async (command) => ({
    code: command.includes(word) ? 1 : 0,
    stdout: '',
    stderr: command.includes(word) ? stderr : '',
  });

test('root, and a user with namespaces and a range of ids, may build', async () => {
  await checkNamespaces(failing('unshare', 'no'), { isRoot: true, name: 'root' });
  await checkNamespaces(failing('nothing', ''), ada);
});

test('where user namespaces are forbidden, that is found before a helper process could wait for ever', async () => {
  const asked: string[] = [];
  const run: Run = async (command) => {
    asked.push(command.join(' '));
    return { code: 1, stdout: '', stderr: 'unshare: unshare failed: Operation not permitted\n' };
  };
  await assert.rejects(checkNamespaces(run, ada), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /needs user namespaces.*Operation not permitted/);
    assert.match(error.remedy, /as root \(sudo\).*sysctl/);
    return true;
  });
  assert.equal(asked.length, 1);
  assert.doesNotMatch(asked[0] ?? '', /map-auto/);
});

test('a user without a range of ids is told how to get one', async () => {
  const run = failing('--map-auto', 'unshare: no line matching user "ada" in /etc/subuid');
  await assert.rejects(checkNamespaces(run, ada), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /range of user ids for ada.*subuid/);
    assert.match(error.remedy, /usermod --add-subuids \S+ --add-subgids \S+ ada/);
    return true;
  });
});
