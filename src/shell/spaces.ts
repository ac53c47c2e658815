import { readdir } from 'node:fs/promises';
import { run } from './run.ts';

/**
 * Removes the network namespaces that carry the id of one of these processes in their name, as all do that tests make, and kills
 * what runs in them. The processes must have ended.
 */
export async function removeSpaces(makers: readonly number[]): Promise<void> {
  const ids = new Set(makers.map(String));
  // ip-netns(8) keeps them there.
  for (const name of await readdir('/run/netns').catch(() => [])) {
    if (!name.startsWith('px') || !name.match(/\d+/g)?.some((id) => ids.has(id))) continue;
    const { stdout } = await run(['ip', 'netns', 'pids', name], { accept: [0, 1, 255] });
    for (const id of stdout.split('\n').filter(Boolean)) kill(Number(id));
    await run(['ip', 'netns', 'del', name], { accept: [0, 1] });
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
