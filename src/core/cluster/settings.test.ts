import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overrideArguments, settingsFor } from './settings.ts';

const ada = { name: 'ada', labels: { disk: 'ssd', rack: '1' } };

test('entries without a selector, then by label, then by name, whatever their order in the file', () => {
  const settings = [
    { for: { name: 'ada' }, kernelArgs: ['panic=30'], xenArgs: [] },
    { for: { labels: { disk: 'ssd' } }, kernelArgs: ['panic=20', 'quiet'], xenArgs: ['sched=null'] },
    { kernelArgs: ['panic=10', 'nosmt'], xenArgs: ['sched=credit2'] },
  ];
  assert.deepEqual(settingsFor(ada, { settings }), {
    kernelArgs: ['panic=30', 'nosmt', 'quiet'],
    xenArgs: ['sched=null'],
  });
});

test('among entries of one rank the later one wins', () => {
  const settings = ['panic=1', 'panic=2'].map((arg) => ({ kernelArgs: [arg], xenArgs: [] }));
  assert.deepEqual(settingsFor(ada, { settings }).kernelArgs, ['panic=2']);
});

test('every label of a selector must fit, and its name too', () => {
  const fits = (selector: { labels?: Record<string, string>; name?: string }): boolean =>
    settingsFor(ada, { settings: [{ for: selector, kernelArgs: ['x'], xenArgs: [] }] }).kernelArgs.length === 1;
  assert.ok(fits({ labels: { disk: 'ssd', rack: '1' } }));
  assert.ok(!fits({ labels: { disk: 'ssd', rack: '2' } }));
  assert.ok(!fits({ labels: { disk: 'ssd' }, name: 'bob' }));
  assert.ok(fits({ name: 'a*' }));
  assert.ok(fits({ name: '*' }));
  assert.ok(!fits({ name: 'a.a' }), 'only `*` is special');
});

test('a host without a name is chosen by no name', () => {
  const settings = [{ for: { name: '*' }, kernelArgs: ['x'], xenArgs: [] }];
  assert.deepEqual(settingsFor({ labels: {} }, { settings }).kernelArgs, []);
});

test('an argument given twice by one entry is kept twice, and replaces all of a lower one', () => {
  assert.deepEqual(overrideArguments(['console=tty0', 'console=hvc0', 'quiet'], ['console=ttyS0', 'console=ttyS1']), [
    'console=ttyS0',
    'console=ttyS1',
    'quiet',
  ]);
});
