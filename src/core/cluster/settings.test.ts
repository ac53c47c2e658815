import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { rank, type Selectable } from './selector.ts';
import { overrideArguments, settingsFor, valuesOf } from './settings.ts';

const ada: Selectable = { name: 'ada', labels: { disk: 'ssd', rack: '1' }, pool: 'front', profile: 'xen' };
const set = (...settings: Record<string, unknown>[]) => cluster({ settings });
const linux = (...settings: Record<string, unknown>[]): string[] =>
  valuesOf(settingsFor(ada, set(...settings)).kernelArgs);

/** From the widest to the narrowest selector; each fits ada. */
const WIDENESS = [
  undefined,
  { hardware: { cpuVendor: 'intel' } },
  { profile: 'xen' },
  { pool: 'front' },
  { labels: { disk: 'ssd' } },
  { name: 'a*' },
  { name: 'ada' },
];
const INTEL = { ...ada, hardware: { cpuVendor: 'intel' } } as const;

test('entries without a selector, then by label, then by name, whatever their order in the file', () => {
  const wishes = set(
    { for: { name: 'ada' }, kernelArgs: ['panic=30'] },
    { for: { labels: { disk: 'ssd' } }, kernelArgs: ['panic=20', 'quiet'], xenArgs: ['sched=null'] },
    { kernelArgs: ['panic=10', 'nosmt'], xenArgs: ['sched=credit2'] },
  );
  const { kernelArgs, xenArgs } = settingsFor(ada, wishes);
  assert.deepEqual(valuesOf(kernelArgs), ['panic=30', 'nosmt', 'quiet']);
  assert.deepEqual(valuesOf(xenArgs), ['sched=null']);
});

test('each value knows where it stands and what it goes before', () => {
  const wishes = set({ kernelArgs: ['nosmt', 'panic=1'] }, { for: { name: 'ada' }, kernelArgs: ['panic=2'] });
  const panic = settingsFor(ada, wishes).kernelArgs.find(({ key }) => key === 'panic');
  assert.deepEqual(panic?.paths, [['settings', 1, 'kernelArgs', 0]]);
  assert.deepEqual(panic?.over, [['settings', 0, 'kernelArgs', 1]]);
});

test('among entries of one rank the later one wins', () => {
  assert.deepEqual(linux({ kernelArgs: ['panic=1'] }, { kernelArgs: ['panic=2'] }), ['panic=2']);
});

test('an argument given twice by one entry is kept twice, and replaces all of a lower one', () => {
  assert.deepEqual(overrideArguments(['console=tty0', 'console=hvc0', 'quiet'], ['console=ttyS0', 'console=ttyS1']), [
    'console=ttyS0',
    'console=ttyS1',
    'quiet',
  ]);
});

test('a unit is enabled by one entry and written by another; a file, a module, a sysctl are decided whole', () => {
  const found = settingsFor(
    ada,
    set(
      {
        units: { 'a.service': { text: '[Service]', state: 'enabled' } },
        files: [{ path: '/etc/motd', text: 'all', mode: '0600' }],
        modules: ['kvm-intel nested=0', 'loop'],
        sysctl: { 'net.ipv4.ip_forward': 0 },
      },
      {
        for: { name: 'ada' },
        units: { 'a.service': { state: 'disabled' } },
        files: [{ path: '/etc/motd', text: 'ada' }],
        modules: ['kvm_intel nested=1'],
        sysctl: { 'net/ipv4/ip_forward': 1 },
      },
    ),
  );
  assert.deepEqual([valuesOf(found.unitStates), valuesOf(found.unitTexts)], [['disabled'], ['[Service]']]);
  assert.deepEqual(valuesOf(found.files), [{ path: '/etc/motd', text: 'ada', mode: '0644' }]);
  assert.deepEqual(valuesOf(found.modules), ['kvm_intel nested=1', 'loop']);
  assert.deepEqual([found.sysctl[0]?.key, valuesOf(found.sysctl)], ['net.ipv4.ip_forward', ['1']]);
});

/** Small numbers in no order, the same at every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    yield state >> 8;
  }
}

test('law: of all pairs of selectors the narrower wins in either order; the order counts between equals only', () => {
  for (const [wide, low] of WIDENESS.entries())
    for (const [narrow, high] of WIDENESS.entries()) {
      const [a, b] = [
        { for: low, kernelArgs: ['x=low'] },
        { for: high, kernelArgs: ['x=high'] },
      ];
      const of = (...settings: Record<string, unknown>[]) => valuesOf(settingsFor(INTEL, set(...settings)).kernelArgs);
      if (wide < narrow) assert.deepEqual([of(a, b), of(b, a)], [['x=high'], ['x=high']]);
      if (wide === narrow) assert.deepEqual([of(a, b), of(b, a)], [['x=high'], ['x=low']]);
    }
});

test('laws: what does not fit changes nothing; one more entry changes only what it names; none is lost', () => {
  const next = numbers(7);
  const pick = <T>(list: readonly T[]): T => list[next.next().value % list.length] as T;
  const args = () =>
    Array.from({ length: 1 + (next.next().value % 3) }, () => `${pick(['a', 'b', 'c'])}=${next.next().value}`);
  const entry = () => ({ for: pick(WIDENESS), kernelArgs: args() });
  for (let round = 0; round < 300; round++) {
    const settings = Array.from({ length: next.next().value % 6 }, entry);
    const before = settingsFor(INTEL, set(...settings)).kernelArgs;
    const stranger = { for: { name: 'bob' }, kernelArgs: args() };
    const beside = settingsFor(INTEL, set(...settings, stranger)).kernelArgs;
    assert.deepEqual(valuesOf(beside), valuesOf(before));
    const top = { for: { name: 'ada' }, kernelArgs: args() };
    const after = settingsFor(INTEL, set(...settings, top)).kernelArgs;
    const named = new Set(top.kernelArgs.map((argument) => argument.split('=')[0]));
    for (const { key, values } of after) {
      const expected = named.has(key)
        ? top.kernelArgs.filter((argument) => argument.startsWith(`${key}=`))
        : before.find((one) => one.key === key)?.values;
      assert.deepEqual(values, expected);
    }
    const ranks = before.flatMap(({ paths, over }) =>
      [...over, ...paths].map((path) => rank(set(...settings).settings[Number(path[1])]?.for)),
    );
    assert.ok(ranks.length === settings.flatMap(({ kernelArgs }) => kernelArgs).length);
  }
});

test('laws: every kind of hardware narrows alike, below all else; what is not told fits no selector that asks for it', () => {
  const KINDS = [
    { cpuVendor: 'intel' },
    { memoryAtLeast: '1GiB' },
    { cpusAtLeast: 2 },
    { firmware: 'bios' },
    { product: 'R*' },
  ];
  const told = { cpuVendor: 'intel', memory: 2 ** 31, cpus: 2, firmware: 'bios', product: 'R640' } as const;
  const next = numbers(11);
  for (let round = 0; round < 200; round++) {
    const picked = KINDS.filter(() => next.next().value % 2 === 0);
    const hardware = Object.assign({}, ...picked) as Record<string, unknown>;
    const wishes = set({ for: { hardware }, packages: ['one'] }, { packages: ['all'] });
    const { packages } = settingsFor({ ...ada, hardware: told }, wishes);
    assert.deepEqual(valuesOf(packages).toSorted(), ['all', 'one'], 'both are set, each by itself');
    const keys = new Set(Object.keys(told).filter(() => next.next().value % 2 === 0));
    const less = Object.fromEntries(Object.entries(told).filter(([key]) => keys.has(key)));
    const chosen = valuesOf(settingsFor({ ...ada, hardware: less }, wishes).packages);
    const isKnown = picked.every((part) => Object.keys(part).every((key) => keys.has(key.replace('AtLeast', ''))));
    assert.deepEqual(chosen.toSorted(), isKnown ? ['all', 'one'] : ['all']);
    if (picked.length > 0) assert.equal(rank(wishes.settings[0]?.for), 1);
  }
});
