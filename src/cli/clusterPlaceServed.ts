import { basename } from 'node:path';
import { clusterText } from '../core/api/wish.ts';
import { replyOf, safeOf, type Ask } from './ask.ts';
import { whoIs, type ClusterPlace } from './clusterPlace.ts';

/** The cluster.yaml on the drive of a host0, which only its boot server writes. `folder`: where its add-ons lie, if on this machine. */
export function servedPlace(ask: Ask, folder: string | undefined): ClusterPlace {
  return {
    file: 'cluster.yaml',
    folder,
    isServed: true,
    async text(toChange) {
      const read = async (path: string): Promise<string> => replyOf(clusterText, await ask('GET', path)).text;
      const onDrive = read('/cluster.yaml');
      // Without the drive what is in force can be looked at still.
      return toChange ? onDrive : onDrive.catch(() => read('/in-force'));
    },
    history: (path) => ask('GET', `/history/${basename(path)}`),
    async save(before, after, what) {
      const body = JSON.stringify({ schema: 'pxen.wish/1', before, after, who: whoIs(), what });
      return safeOf(await ask('POST', '/wish', body));
    },
  };
}
