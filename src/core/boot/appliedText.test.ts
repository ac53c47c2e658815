import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, report } from '../../../test/fixtures/cluster.ts';
import { settingsFor } from '../cluster/settings.ts';
import { appliedLines, appliedText } from './applied.ts';
import { appliedState, appliedStateText, reportedHardware } from './appliedText.ts';

const HOST = { name: 'ada', labels: {} };
const set = (...settings: Record<string, unknown>[]) => cluster({ settings });
const linesOf = (wishes: ReturnType<typeof set>): string[] => appliedLines(appliedText(settingsFor(HOST, wishes)));

test('what a host has, what comes and what goes with its next boot, and what failed', () => {
  const before = set({
    sysctl: { 'vm.swappiness': 7, 'vm.dirty_ratio': 5 },
    modules: ['nope'],
    kernelArgs: ['panic=30'],
  });
  const now = set({ sysctl: { 'vm.swappiness': 7 }, modules: ['nope', 'xfs'], kernelArgs: ['panic=30', 'nosmt'] });
  const told = {
    ...report(1),
    applied: linesOf(before),
    notApplied: ['module nope: it is not loaded: is there such a module?'],
    arguments: { xen: 'watchdog', linux: 'quiet panic=30' },
  };
  const state = appliedState(now, HOST, told);
  assert.deepEqual(state, {
    inForce: ['kernelArgs panic=30', 'sysctl vm.swappiness = 7'],
    fromNextBoot: ['kernelArgs nosmt', 'module xfs'],
    untilNextBoot: ['sysctl vm.dirty_ratio = 5'],
    failed: ['module nope: it is not loaded: is there such a module?'],
  });
  assert.match(appliedStateText('ada', state), /^ada reports:\n {2}in force {9}kernelArgs panic=30\n/);
  assert.match(appliedStateText('ada', state), /^ {2}failed {11}module nope: it is not loaded/m);
});

test('a host of an earlier release tells no arguments, and nothing is concluded from that', () => {
  const { fromNextBoot, inForce } = appliedState(set({ xenArgs: ['sched=null'] }), HOST, report(1));
  assert.deepEqual([fromNextBoot, inForce], [[], []]);
  assert.equal(appliedStateText('ada', appliedState(set(), HOST, report(1))), 'ada reports no settings\n');
});

test('what a report tells of hardware is what selectors choose by', () => {
  const one = report(1);
  const host = { ...one.host, cpu_model: 'AMD EPYC 7302P', cpu_count: 32, firmware: 'bios', manufacturer: '' } as const;
  const { cpuVendor, cpus, firmware, manufacturer } = reportedHardware({ ...one, host });
  assert.deepEqual([cpuVendor, cpus, firmware, manufacturer], ['amd', 32, 'bios', undefined]);
});
