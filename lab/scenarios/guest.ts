import type { Status } from '../../src/core/api/status.ts';
import { GUEST } from '../clusterfile.ts';

/** The line that the hello guest prints on its console: how often it has booted, counted on its own disk. */
const BOOT = /hello: boot (\d+)/;
const KEPT = /hello: disk kept (\d+) lines/;

export interface Guest {
  readonly running: boolean;
  /** 0 where its console shows no such line. */
  readonly boot: number;
  readonly linesKept: number;
}

/** What host0 knows of the lab's guest. */
export function guestOf(status: Status): Guest {
  const vm = status.vms.find(({ name }) => name === GUEST);
  const last = (pattern: RegExp): number =>
    Number(vm?.console.map((line) => pattern.exec(line)?.[1]).findLast((value) => value !== undefined) ?? 0);
  return { running: vm?.state === 'running', boot: last(BOOT), linesKept: last(KEPT) };
}
