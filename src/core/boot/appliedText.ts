import type { HostReport } from '../api/report.ts';
import type { Cluster } from '../cluster/schema.ts';
import type { Hardware, Selectable } from '../cluster/selector.ts';
import { settingsFor, type HostSettings } from '../cluster/settings.ts';
import { appliedLines, appliedText, linesOf } from './applied.ts';

/** What a host reports of its settings, beside what is wanted of it now. */
export interface AppliedState {
  /** Applied at this boot, and wanted. */
  readonly inForce: readonly string[];
  /** Wanted, and there from its next boot on (host0 follows at once, but for arguments and packages). */
  readonly fromNextBoot: readonly string[];
  /** Not wanted any more, and there until its next boot. */
  readonly untilNextBoot: readonly string[];
  /** Applied, and it did not take: with the reason. */
  readonly failed: readonly string[];
}

/** The hardware that a report tells of, as far as settings choose by it. */
export function reportedHardware({ host }: HostReport): Hardware {
  const vendor = /\bIntel\b/i.test(host.cpu_model)
    ? 'intel'
    : /\bAMD\b|\bHygon\b/i.test(host.cpu_model)
      ? 'amd'
      : undefined;
  const told = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    cpuVendor: vendor,
    memory: host.memory_total === 0 ? undefined : host.memory_total,
    cpus: host.cpu_count === 0 ? undefined : host.cpu_count,
    firmware: host.firmware,
    manufacturer: told(host.manufacturer),
    product: told(host.product),
  };
}

/** What a host of a cluster has, against what cluster.yaml sets for it now. */
export function appliedState(cluster: Cluster, host: Selectable, report: HostReport): AppliedState {
  const settings = settingsFor(host, cluster);
  const wanted = appliedLines(appliedText(settings));
  const failed = report.notApplied ?? [];
  const isFailed = (line: string): boolean => failed.some((one) => one.startsWith(`${line}: `));
  const applied = (report.applied ?? []).filter((line) => !isFailed(line));
  const args = argumentLines(report, settings);
  return {
    inForce: [...args.given, ...applied.filter((line) => wanted.includes(line))],
    fromNextBoot: [...args.missing, ...wanted.filter((line) => !applied.includes(line) && !isFailed(line))],
    untilNextBoot: applied.filter((line) => !wanted.includes(line)),
    failed,
  };
}

function argumentLines(
  { arguments: told }: HostReport,
  { xenArgs, kernelArgs }: HostSettings,
): { given: string[]; missing: string[] } {
  if (told === undefined) return { given: [], missing: [] };
  const split = (all: HostSettings['xenArgs'], noun: string, line: string): readonly [string[], string[]] => {
    const has = new Set(line.split(/\s+/));
    const of = (is: boolean): string[] =>
      linesOf(
        all.map((one) => ({ ...one, values: one.values.filter((argument) => has.has(argument) === is) })),
        (argument) => `${noun} ${argument}`,
      );
    return [of(true), of(false)];
  };
  const [xen, linux] = [split(xenArgs, 'xenArgs', told.xen), split(kernelArgs, 'kernelArgs', told.linux)];
  return { given: [...xen[0], ...linux[0]], missing: [...xen[1], ...linux[1]] };
}

/** The same for a person; empty where there is nothing to tell. */
export function appliedStateText(name: string, state: AppliedState): string {
  const rows = [
    ...state.inForce.map((line) => `  in force         ${line}`),
    ...state.fromNextBoot.map((line) => `  from next boot   ${line}`),
    ...state.untilNextBoot.map((line) => `  until next boot  ${line}`),
    ...state.failed.map((line) => `  failed           ${line}`),
  ];
  return rows.length === 0 ? `${name} reports no settings\n` : `${name} reports:\n${rows.join('\n')}\n`;
}
