import { basename } from 'node:path';
import { clusterText, wishRefusal, wishReply } from '../core/api/wish.ts';
import { askControl } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';
import { whoIs, type ClusterPlace } from './clusterPlace.ts';
import { IN_RAM } from './onHost.ts';

/** The cluster.yaml on the drive of this host, which only its boot server writes. */
export function onHost0(control: string): ClusterPlace {
  const ask = async (method: string, path: string, body?: string): Promise<string | undefined> => {
    const answer = await askControl(control, method, path, body);
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return answer.body;
    throw refusalOf(answer.body);
  };
  return {
    file: 'cluster.yaml',
    folder: IN_RAM,
    isServed: true,
    async text(toChange) {
      const read = async (path: string): Promise<string> =>
        clusterText.parse(JSON.parse((await ask('GET', path)) ?? '')).text;
      const onDrive = read('/cluster.yaml');
      // Without the drive what is in force can be looked at still.
      return toChange ? onDrive : onDrive.catch(() => read('/in-force'));
    },
    history: (path) => ask('GET', `/history/${basename(path)}`),
    async save(before, after, what) {
      const body = JSON.stringify({ schema: 'pxen.wish/1', before, after, who: whoIs(), what });
      return wishReply.parse(JSON.parse((await ask('POST', '/wish', body)) ?? '')).safe;
    },
  };
}

function refusalOf(body: string): Failure {
  const { success, data } = wishRefusal.safeParse(asJson(body));
  if (success) return new Failure(data.sentence, data.remedy, data.exit);
  return new Failure(`the boot server of this host refuses: ${body.slice(0, 300)}`, 'See its log.');
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no refusal in due form.
    return undefined;
  }
}
