import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import type { Machine } from './result.ts';

/** What Linux says of processes and of the machine; everything from proc(5). */

const LISTENING = { tcp: '0A', udp: '07' } as const;

/** Whether somebody in the network namespace of a process listens on a port. */
export async function listens(pid: number, protocol: 'tcp' | 'udp', port: number): Promise<boolean> {
  const tables = await Promise.all([protocol, `${protocol}6`].map((name) => text(`/proc/${pid}/net/${name}`)));
  return hasListener(tables.join(''), LISTENING[protocol], port);
}

/** Lines like `0: 0100600A:0045 00000000:0000 07 ...`: local address and port, the other's, state. */
export const hasListener = (table: string, state: string, port: number): boolean =>
  table.split('\n').some((line) => {
    const [, local = '', , found] = line.trim().split(/\s+/);
    return found === state && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
  });

const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process and its children have had, in user and kernel mode. */
export async function cpuSeconds(pid: number): Promise<number> {
  const children = (await text(`/proc/${pid}/task/${pid}/children`)).split(' ').filter(Boolean).map(Number);
  const theirs = await Promise.all(children.map((child) => cpuSeconds(child)));
  return ticksOf(await text(`/proc/${pid}/stat`)) / TICKS_PER_SECOND + theirs.reduce((sum, one) => sum + one, 0);
}

/** utime and stime: fields 14 and 15; the name in field 2 may hold spaces and ends with the last bracket. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Bytes of memory that a process shares with nobody. */
export const privateMemory = async (pid: number): Promise<number> =>
  privateBytes(await text(`/proc/${pid}/smaps_rollup`));

export const privateBytes = (rollup: string): number =>
  Array.from(
    rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm),
    ([, kibibytes]) => Number(kibibytes) * 1024,
  ).reduce((sum, one) => sum + one, 0);

/** Empty where the process is gone. */
const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

export async function thisMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memory: totalmem(),
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(await text('/etc/os-release'))?.[1] ?? 'Linux',
    node: process.version,
    loadBefore: Number((await text('/proc/loadavg')).split(' ')[0]),
  };
}
