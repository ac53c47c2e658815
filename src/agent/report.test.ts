import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report } from '../../test/fixtures/cluster.ts';
import type { HostReport, ReportReply, Step } from '../core/api/report.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { reportLoop } from './report.ts';
import { Steps } from './steps.ts';

const step = (id: string): Step => ({ kind: 'sr.create', id, serial: 's', uuid: 'u', name: 'n' });
const reply = (...steps: Step[]): ReportReply => ({ schema: 'pxen.report-reply/1', plan: 1, steps, again: 5000 });

/** An agent whose server answers by `answer`, and whose steps take until the test ends them. */
function agent(answer: (report: HostReport) => ReportReply, seen: Partial<HostReport> = {}, lookTakes = 0) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const sent: HostReport[] = [];
  const acknowledged: number[] = [];
  const warned: string[] = [];
  const idle: number[] = [];
  const carried: { readonly id: string; readonly end: (error?: Error) => void }[] = [];
  const carryOut = (one: Step): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    carried.push({ id: one.id, end: (error) => (error ? reject(error) : resolve('done')) });
    return promise;
  };
  const end = new AbortController();
  const deps = {
    look: async () => {
      if (lookTakes > 0) await clock.sleep(lookTakes);
      return lookOf({ ...report(1), ...seen });
    },
    send: async (told: HostReport) => {
      sent.push(told);
      return answer(told);
    },
    steps: new Steps(carryOut, log),
    acknowledged: async ({ counter }: HostReport) => void acknowledged.push(counter),
    warned: async (warnings: readonly string[]) => void warned.push(warnings.join()),
    idle: async () => void idle.push(sent.length),
    clock,
    log,
    server: '10.0.0.1',
  };
  const looping = reportLoop(deps, end.signal);
  const stop = async (): Promise<void> => {
    end.abort();
    await looping;
  };
  return { clock, log, sent, acknowledged, warned, idle, carried, stop };
}

function lookOf({ schema: _schema, counter: _counter, doing: _doing, done: _done, ...look }: HostReport) {
  return look;
}

test('works: a report at once, then one each time the server asks for it', async () => {
  const { clock, sent, acknowledged, stop } = agent(() => reply());
  await clock.pass(0);
  assert.deepEqual(
    sent.map((one) => one.counter),
    [1],
  );
  await clock.pass(4999);
  assert.equal(sent.length, 1);
  await clock.pass(1);
  assert.deepEqual(
    [sent.map((one) => one.counter), acknowledged],
    [
      [1, 2],
      [1, 2],
    ],
  );
  await stop();
});

test('broken: while the server is away it goes on, ever more slowly, and says so once it is back', async () => {
  let away = true;
  const { clock, log, sent, acknowledged, stop } = agent(() => {
    if (away) throw new Error('connection refused');
    return reply();
  });
  const at: number[] = [];
  for (let second = 0; second < 130; second += 1) {
    const before = sent.length;
    await clock.pass(second === 0 ? 0 : 1000);
    if (sent.length > before) at.push(second);
  }
  assert.deepEqual(at, [0, 1, 3, 7, 15, 31, 61, 91, 121]);
  assert.match(
    log.of('AGENT_SERVER_AWAY')[0] ?? '',
    /10\.0\.0\.1 does not answer \(connection refused\); next try in 1 s/,
  );
  away = false;
  await clock.pass(22_000);
  assert.equal(log.of('AGENT_SERVER_BACK').length, 1);
  assert.equal(acknowledged.length, 1);
  await stop();
});

test('steps are carried out in order while reports go on, and reported at once when all are done', async () => {
  let steps = [step('a'), step('b')];
  const { clock, sent, carried, stop } = agent(() => reply(...steps));
  await clock.pass(0);
  assert.deepEqual(
    carried.map((one) => one.id),
    ['a'],
  );
  await clock.pass(5000);
  assert.deepEqual([sent[1]?.doing, carried.length], [['a', 'b'], 1], 'the one at hand is not begun twice');
  steps = [];
  carried[0]?.end();
  await clock.pass(0);
  carried[1]?.end(new Error('no\n  room'));
  await clock.pass(0);
  assert.deepEqual(sent.at(-1)?.doing, []);
  assert.deepEqual(sent.at(-1)?.done, [
    { step: 'a', ok: true, said: 'done' },
    { step: 'b', ok: false, said: 'no; room' },
  ]);
  await stop();
});

test('the newest reply wins: steps of an older one that have not begun are dropped', async () => {
  let steps = [step('a'), step('old')];
  const { clock, carried, stop } = agent(() => reply(...steps));
  await clock.pass(0);
  steps = [step('a'), step('new')];
  await clock.pass(5000);
  carried[0]?.end();
  await clock.pass(0);
  assert.deepEqual(
    carried.map((one) => one.id),
    ['a', 'new'],
  );
  steps = [];
  carried[1]?.end();
  await stop();
});

test('a host that comes up looks more often, until it is well for the first time', async () => {
  const { clock, sent, stop } = agent(() => reply(), { health: { ok: false, problems: ['Xen does not answer'] } });
  await clock.pass(3000);
  assert.equal(sent.length, 4);
  await stop();
});

test('a server that asks for reports without pause, or never again, is not obeyed', async () => {
  let again = 0;
  const { clock, sent, stop } = agent(() => ({ ...reply(), again }));
  await clock.pass(499);
  assert.equal(sent.length, 1);
  again = 1e12;
  await clock.pass(1);
  await clock.pass(60_000);
  assert.equal(sent.length, 3);
  await stop();
});

test('what can wait begins when a healthy host has nothing to do', async () => {
  let steps = [step('a')];
  const { clock, idle, carried, stop } = agent(() => reply(...steps));
  await clock.pass(0);
  assert.deepEqual(idle, [], 'a step is at hand');
  steps = [];
  carried[0]?.end();
  await clock.pass(0);
  assert.deepEqual(idle, [2]);
  await stop();
});

test('a slow look is followed by a long rest', async () => {
  const { clock, sent, stop } = agent(() => reply(), {}, 4000);
  await clock.pass(4000);
  assert.equal(sent.length, 1);
  await clock.pass(12_000 + 3999);
  assert.equal(sent.length, 1);
  await clock.pass(1);
  assert.equal(sent.length, 2);
  await stop();
});

test('what host0 warns of goes to the consoles with every reply, and that there is nothing too', async () => {
  const { clock, sent, warned, stop } = agent(() =>
    sent.length === 2 ? { ...reply(), warnings: ['the file has a mistake'] } : reply(),
  );
  await clock.pass(10_000);
  assert.deepEqual(warned, ['', 'the file has a mistake', '']);
  await stop();
});
