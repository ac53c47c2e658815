import { basename } from 'node:path';
import { clusterText, wishRefusal, wishReply } from '../core/api/wish.ts';
import { askControl } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { whoIs, type ClusterPlace } from './clusterPlace.ts';

/** The cluster.yaml on the drive of this host, which only its boot server writes. `copy`: the folder that it serves from. */
export function onHost0(control: string, copy: string): ClusterPlace {
  const ask = async (method: string, path: string, body?: string): Promise<string | undefined> => {
    const answer = await askControl(control, method, path, body);
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return answer.body;
    throw refusalOf(answer.body);
  };
  return {
    file: 'cluster.yaml',
    async text(toChange) {
      // Without the drive the copy tells what is in force.
      if (!toChange) return textOfFile((await fileNamed(copy)).file);
      return clusterText.parse(JSON.parse((await ask('GET', '/cluster.yaml')) ?? '')).text;
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
