import { DecodeError } from '../../net/bytes.ts';
import { u32le } from './little.ts';

/** Neighbouring clusters of a file: the first one's number, and how many. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** From this value on an entry of the FAT means the end of a file; the top four bits do not count. */
const END = 0x0fff_fff8;

/** The clusters of a file, in order. Throws DecodeError for a chain that leaves the disk, runs in a circle or ends in nothing. */
export function chain(fat: Uint8Array, clusters: number, first: number): Run[] {
  const runs: { first: number; count: number }[] = [];
  let cluster = first;
  for (let steps = 0; cluster < END; steps++) {
    if (cluster < 2 || cluster >= clusters + 2) throw new DecodeError(`its chain leads to cluster ${cluster}`);
    if (steps > clusters) throw new DecodeError('its chain of clusters runs in a circle');
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === cluster) last.count++;
    else runs.push({ first: cluster, count: 1 });
    cluster = u32le(fat, cluster * 4) & 0x0fff_ffff;
  }
  return runs;
}

export const length = (runs: readonly Run[]): number => runs.reduce((sum, run) => sum + run.count, 0);
