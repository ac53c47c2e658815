import { fork, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that processes get to end by themselves, and between two looks. */
const GRACE = 3000;
const LOOK = 50;

/** Runs a file of this program in a process of its own, which leads a new process group. Both may send messages to each other. */
export const forkGroup = (file: string, env: Readonly<Record<string, string | undefined>>): ChildProcess =>
  fork(file, { detached: true, execArgv: [], env: { ...process.env, ...env } });

/** The ids of all processes of a group that are not dead yet (proc(5): the fields behind the name in brackets). */
export async function groupMembers(group: number): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
      const [state, , its] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return Number(its) === group && state !== 'Z' ? Number(name) : [];
    }),
  );
  return found.flat();
}

/** Ends all processes of a group: asks first, and kills what is left after some seconds. */
export async function endGroup(group: number): Promise<void> {
  signalGroup(group, 'SIGTERM');
  for (let waited = 0; waited < GRACE; waited += LOOK) {
    if ((await groupMembers(group)).length === 0) return;
    await sleep(LOOK);
  }
  signalGroup(group, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // No process of the group is left.
  }
}
