import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineEntry } from '../api/status.ts';
import { appendEntry, offersInVain, stoppedSentence } from './timeline.ts';

const STEPS = [
  'dhcp',
  'loader',
  'dhcp',
  'script',
  'xen',
  'kernel',
  'initrd',
  'stage1 begin',
  'stage1 switch',
  'report',
];

const boot = (...steps: readonly string[]): readonly TimelineEntry[] =>
  steps.reduce<readonly TimelineEntry[]>((entries, step, at) => {
    const detail = step === 'dhcp' ? (at === 0 ? 'firmware 10.1.2.3' : 'ipxe 10.1.2.3') : `detail ${at}`;
    return appendEntry(entries, { at, step, detail });
  }, []);

test('one boot is one timeline, the next one begins anew', () => {
  const entries = boot(...STEPS);
  assert.deepEqual(
    entries.map((entry) => entry.step),
    STEPS,
  );
  const next: TimelineEntry = { at: 99, step: 'dhcp', detail: 'firmware 10.1.2.3' };
  assert.deepEqual(appendEntry(entries, next), [next]);
  const own: TimelineEntry = { at: 99, step: 'dhcp', detail: 'ipxe 10.1.2.3' };
  assert.deepEqual(appendEntry(entries, own), [own], 'firmware that is iPXE begins a boot, too');
  assert.equal(appendEntry(boot('dhcp', 'loader'), own).length, 3, 'our iPXE goes on with one');
});

test('a step that repeats itself is one entry, and circles do not grow for ever', () => {
  const same: TimelineEntry = { at: 5, step: 'script', detail: '' };
  assert.equal(appendEntry(appendEntry([], same), { ...same, at: 6 }).length, 1);
  let entries: readonly TimelineEntry[] = [];
  for (let at = 0; at < 1000; at += 1) entries = appendEntry(entries, { at, step: 'x', detail: String(at) });
  assert.equal(entries.length, 64);
  assert.deepEqual([entries[0]?.at, entries.at(-1)?.at], [0, 999]);
});

test('a machine that stopped is told by its last good step and a likely cause, each step another', () => {
  const sentences = STEPS.map((_, index) => stoppedSentence(boot(...STEPS.slice(0, index + 1)), 5000));
  for (const sentence of sentences)
    assert.match(sentence ?? '', /^stopped: .+, then nothing for \d+ s\. Likely cause: .+\.$/);
  assert.equal(new Set(sentences.map((sentence) => sentence?.replace(/\d+/, ''))).size, new Set(STEPS).size);
});

test('while there is hope nothing is said, and a slow rack hopes longer', () => {
  const entries = boot('dhcp', 'loader');
  assert.equal(stoppedSentence(entries, 60), null);
  assert.notEqual(stoppedSentence(entries, 62), null);
  assert.equal(stoppedSentence(entries, 62, 5), null);
  assert.equal(stoppedSentence([], 5000), null);
});

test('a machine that is ready may be silent; one whose stage 1 failed says so at once', () => {
  assert.equal(stoppedSentence(boot(...STEPS, 'ready'), 99_999), null);
  const failed = appendEntry(boot('dhcp', 'script'), { at: 3, step: 'stage1 failed', detail: '3 s no memory' });
  assert.equal(stoppedSentence(failed, 3), 'stage 1 failed: 3 s no memory');
  const retrying = appendEntry(boot('dhcp', 'script'), { at: 3, step: 'stage1 retry', detail: 'no server' });
  assert.equal(stoppedSentence(retrying, 3), 'stage 1 tries again: no server');
});

test('of a machine that was handed over, or is at its menu, nothing is awaited, and its next boot begins anew', () => {
  for (const last of ['handed over', 'menu']) {
    const entries = boot('dhcp', 'loader', 'dhcp', 'script', last);
    assert.equal(stoppedSentence(entries, 99_999), null, last);
    const next: TimelineEntry = { at: 99, step: 'dhcp', detail: 'firmware 10.1.2.3' };
    assert.deepEqual(appendEntry(entries, next), [next]);
  }
});

test('offers that led to nothing are counted, and end with the first thing that is fetched', () => {
  const offer = (at: number): TimelineEntry => ({ at, step: 'dhcp', detail: `firmware by proxy, offer ${at}` });
  const offers = [offer(1), offer(2), offer(3)].reduce<readonly TimelineEntry[]>(appendEntry, []);
  assert.equal(offersInVain(offers), 3);
  assert.equal(offersInVain(appendEntry(offers, { at: 4, step: 'loader', detail: '' })), 0);
});

const at = (time: number, step: string, detail = ''): TimelineEntry => ({ at: time, step, detail });
const timeline = (...entries: readonly TimelineEntry[]): readonly TimelineEntry[] =>
  entries.reduce<readonly TimelineEntry[]>(appendEntry, []);
const firmware = (time: number): TimelineEntry => at(time, 'dhcp', 'firmware 10.1.2.3');
const LOADER = 'loaders/snponly.efi, 1000 bytes';

test('J3: firmware that asks again at once when it has its loader whole did not start it, and that is said at once', () => {
  const circles = timeline(firmware(1), at(2, 'loader', LOADER), firmware(4), at(5, 'loader', LOADER), firmware(7));
  assert.deepEqual(circles, [at(5, 'unstarted', LOADER), firmware(7)]);
  for (const entries of [circles, appendEntry(circles, at(8, 'loader', LOADER)), appendEntry(circles, firmware(9))])
    assert.match(stoppedSentence(entries, 9) ?? '', /^stopped: it fetched its loader, .* Secure Boot .*\.$/);
});

test('no loader is said to be unstarted that asked for anything, broke off, or was fetched a good while ago', () => {
  const fine = [
    timeline(firmware(1), at(2, 'loader', LOADER), at(3, 'config', 'loaders/autoexec.ipxe'), firmware(5)),
    timeline(firmware(1), at(2, 'loader', LOADER), at(3, 'dhcp', 'ipxe 10.1.2.3'), firmware(5)),
    timeline(firmware(1), at(2, 'loader broke off', LOADER), firmware(5)),
    timeline(firmware(1), at(2, 'loader', LOADER), firmware(603)),
  ];
  for (const entries of fine) {
    assert.equal(
      entries.some(({ step }) => step === 'unstarted'),
      false,
    );
    assert.equal(stoppedSentence(entries, entries.at(-1)?.at ?? 0), null);
  }
});

test('once a loader runs, what stopped the machine is told by its last step again', () => {
  const circles = timeline(firmware(1), at(2, 'loader', LOADER), firmware(4), at(5, 'loader', LOADER));
  const running = appendEntry(circles, at(6, 'config', 'loaders/autoexec.ipxe'));
  assert.equal(stoppedSentence(running, 60), null);
  assert.match(stoppedSentence(running, 70) ?? '', /its loader runs/);
});
