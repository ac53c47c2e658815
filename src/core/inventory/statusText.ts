import type { Status } from '../api/status.ts';
import { sizeText } from '../cluster/size.ts';

/** The status for a person at a terminal: `pxen status`. Ends with a line break. */
export function statusText(status: Status): string {
  const { server } = status;
  const head = `cluster ${status.cluster.name}, served by ${server.address}, release ${server.release}, drive ${server.drive}${healthText(server)}, up ${duration(server.uptime)}`;
  const parts = [[head, ...authority(status)], hosts(status), sshKeys(status), vms(status), warnings(status)].filter(
    (part) => part.length > 0,
  );
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

type Host = Status['hosts'][number];

type Column<T> = readonly [string, (row: T) => string];

const POOL_COLUMN: Column<Host> = ['POOL', ({ membership }) => membership?.pool ?? '-'];
const HOST_COLUMNS: readonly Column<Host>[] = [
  ['STATE', (host) => host.state],
  ['PLACE', ({ report }) => report?.host.place ?? '-'],
  ['ADDRESS', ({ report }) => report?.host.address || '-'],
  ['BOOT', ({ report }) => report?.host.boot ?? '-'],
  ['FIRMWARE', ({ report }) => report?.host.firmware ?? '-'],
  ['XEN', ({ report }) => report?.host.software_version.xen || '-'],
  ['CPUS', ({ report }) => (report ? String(report.host.cpu_count) : '-')],
  [
    'MEMORY',
    ({ report }) =>
      report ? `${sizeText(report.host.memory_free)} of ${sizeText(report.host.memory_total)} free` : '-',
  ],
  ['DISKS', ({ report }) => report?.disks.map((disk) => `${sizeText(disk.size)} ${disk.holds}`).join(', ') || '-'],
  [
    'NICS',
    ({ report }) =>
      report?.PIFs.map((pif) => `${pif.device} ${pif.carrier ? speed(pif.speed) : 'no link'}`).join(', ') || '-',
  ],
];

const VM_COLUMNS: readonly Column<Status['vms'][number]>[] = [
  ['VM', (vm) => vm.name],
  ['STATE', (vm) => vm.state],
  ['HOST', (vm) => vm.host ?? '-'],
  ['WHY', (vm) => vm.reason ?? ''],
];

function hosts(status: Status): string[] {
  const problems = status.hosts.flatMap((host) => (host.problem === null ? [] : [`  ${host.name}: ${host.problem}`]));
  const lost = status.hosts.flatMap(({ name, report }) =>
    (report?.notApplied ?? []).map((what) => `  ${name}: ${what}`),
  );
  // Who has no pools reads nothing of them.
  const pools = status.hosts.some(({ membership }) => membership) ? [POOL_COLUMN] : [];
  const columns: readonly Column<Host>[] = [['HOST', (host) => host.name], ...pools, ...HOST_COLUMNS];
  return status.hosts.length === 0 ? ['no host yet'] : [...table(status.hosts, columns), ...problems, ...lost];
}

const authority = ({ server }: Status): string[] =>
  server.authority ? [`its authority over HTTPS is ${server.authority}`] : [];

const SSH_COLUMNS: readonly Column<Host>[] = [
  ['SSH HOST KEY', (host) => host.name],
  ['FINGERPRINT', ({ sshKey }) => sshKey?.fingerprint ?? '-'],
  ['AT THE NEXT BOOT', ({ sshKey }) => (sshKey?.stays ? 'the same' : `a new one: ${sshKey?.why ?? ''}`)],
];

function sshKeys({ hosts }: Status): string[] {
  const known = hosts.filter(({ sshKey }) => sshKey);
  return known.length === 0 ? [] : table(known, SSH_COLUMNS);
}

const vms = (status: Status): string[] => (status.vms.length === 0 ? [] : table(status.vms, VM_COLUMNS));
const warnings = (status: Status): string[] => status.warnings.map((warning) => `warning: ${warning}`);

function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string[] {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const speed = (megabits: number | null): string =>
  megabits === null ? 'link' : megabits >= 1000 ? `${megabits / 1000} Gbit/s` : `${megabits} Mbit/s`;

function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Only what was read whole is called well; what is wrong stands among the warnings. */
const healthText = ({ driveHealth }: Status['server']): string =>
  driveHealth === undefined || (driveHealth.verdict === 'well' && driveHealth.passes === 0)
    ? ''
    : ` and ${driveHealth.verdict}`;
