import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCENARIOS } from '../../lab/options.ts';
import { Failure } from '../shell/fail.ts';
import { choose, readCall, type Verb } from './call.ts';
import { helpText } from './help.ts';
import { VERBS } from './verbs.ts';

const load = async () => ({ run: async () => 0 });
const verbs: readonly Verb[] = [
  {
    name: 'lab',
    summary: 'the rack',
    options: {
      once: { meaning: 'once' },
      hosts: { value: 'N', least: 1, meaning: 'hosts' },
      card: { value: 'NAME', repeats: true, meaning: 'cards' },
      firmware: { value: 'KIND', choices: ['uefi', 'bios'], meaning: 'firmware' },
    },
    load,
  },
  { name: 'check', summary: 'a file', usage: '[FILE]', most: 1, load },
  { name: 'image build', summary: 'build', load },
  { name: 'image update', summary: 'update', load },
  { name: 'agent', summary: 'agent', raw: true, load },
];

function called(...words: string[]) {
  const chosen = choose(verbs, words);
  assert.ok(chosen.kind === 'verb');
  return { name: chosen.verb.name, call: readCall(chosen.verb, chosen.rest) };
}

test('words, switches and values are told apart', () => {
  assert.deepEqual(called('lab', '--once', '--hosts', '4', '--firmware=bios').call, {
    words: [],
    switches: new Set(['once']),
    values: { hosts: '4', firmware: 'bios' },
  });
  assert.deepEqual(called('check', '--yes', '--', '--odd-name').call?.words, ['--odd-name']);
});

test('an option that repeats keeps all its values, any other the last one', () => {
  assert.equal(called('lab', '--card', 'a', '--card=b').call?.values['card'], 'a,b');
  assert.equal(called('lab', '--hosts', '1', '--hosts', '2').call?.values['hosts'], '2');
});

test('a verb may have two words', () => {
  assert.equal(called('image', 'update').name, 'image update');
});

test('a raw verb gets its words as they stand', () => {
  assert.deepEqual(called('agent', '--server', 'x', '--strange').call?.words, ['--server', 'x', '--strange']);
});

test('help can be asked for in every usual way', () => {
  for (const words of [[], ['--help'], ['-h'], ['help'], ['image', '--help'], ['help', 'image']]) {
    assert.equal(choose(verbs, words).kind, 'help', words.join(' '));
  }
  assert.equal(called('lab', '--help').call, undefined);
  assert.equal(called('lab', '-h').call, undefined);
  assert.equal(called('agent', '--help').call, undefined);
});

const wrong: readonly (readonly [words: readonly string[], sentence: string, remedy: string])[] = [
  [['lba'], 'pxen has no verb lba', 'Did you mean lab?'],
  [['zzzzzz'], 'pxen has no verb zzzzzz', 'See pxen --help.'],
  [['help', 'chekc'], 'pxen has no verb chekc', 'Did you mean check?'],
  [['image'], 'pxen image what?', 'One of build, update.'],
  [['image', 'biuld'], 'pxen image has no biuld', 'Did you mean build?'],
  [['lab', '--onec'], 'pxen lab has no option --onec', 'Did you mean --once?'],
  [['lab', '-x'], 'pxen lab has no option -x', 'See pxen lab --help.'],
  [['lab', '--constructor'], 'pxen lab has no option --constructor', 'See pxen lab --help.'],
  [['lab', '--hosts', '0'], '--hosts cannot be 0', 'Give a whole number of at least 1.'],
  [['lab', '--hosts', 'many'], '--hosts cannot be many', 'Give a whole number of at least 1.'],
  [['lab', '--hosts'], '--hosts wants a value', 'Write --hosts N.'],
  [['lab', '--once=yes'], '--once takes no value', 'Write --once alone.'],
  [['lab', '--firmware', 'boos'], '--firmware cannot be boos', 'Did you mean bios?'],
  [['lab', 'extra'], 'pxen lab does not take "extra"', 'See pxen lab --help.'],
  [['check', 'a', 'b'], 'pxen check does not take "b"', 'See pxen check --help.'],
];

for (const [words, sentence, remedy] of wrong) {
  test(`pxen ${words.join(' ')} is refused with exit code 2`, () => {
    assert.throws(
      () => called(...words),
      (thrown) => {
        assert.ok(thrown instanceof Failure);
        assert.deepEqual([thrown.message, thrown.remedy, thrown.exit], [sentence, remedy, 2]);
        return true;
      },
    );
  });
}

test('every verb of pxen has help, and a file of its own that can be loaded', async () => {
  for (const verb of VERBS) {
    assert.match(helpText([verb]), new RegExp(`usage: pxen ${verb.name}\\b`));
    // The agent runs as its file is loaded; loading its verb alone does not do that.
    assert.equal(typeof (await verb.load()).run, 'function', verb.name);
  }
});

test('the table of verbs offers the scenarios that the lab has', () => {
  const lab = VERBS.find(({ name }) => name === 'lab');
  assert.deepEqual(lab?.options?.['scenario']?.choices, SCENARIOS);
});
