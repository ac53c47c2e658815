import { dirname, join } from 'node:path';
import { clusterText, secretsList, type Safe } from '../core/api/wish.ts';
import { parseCluster } from '../core/cluster/read.ts';
import type { SecretChange } from '../core/secrets/change.ts';
import { referencesIn } from '../core/secrets/references.ts';
import { Secret } from '../core/secrets/secret.ts';
import { readWrapped } from '../core/secrets/wrapped.ts';
import { askHost0, replyOf, safeOf, type Ask } from './ask.ts';
import { askServer } from './askServer.ts';
import type { Call } from './call.ts';
import { fileNamed } from './clusterFile.ts';
import { whoIs } from './clusterPlace.ts';
import { secretsBy, type SecretsPlace } from './secretsFile.ts';

/** On host0: read from its copy in RAM, which root may, and changed through its boot server. `control`: the socket of that. */
export async function secretsOnHost0(control: string): Promise<SecretsPlace> {
  const ask = askHost0(control);
  const { file } = await fileNamed(join(dirname(control), 'drive'));
  const read = await secretsBy(file);
  return { ...read, file: 'secrets.yaml', save: (changes, what) => wish(ask, changes, what, read.text ?? '') };
}

/** From elsewhere: names, and what is wrapped; plain values do not leave their host0. */
export async function secretsOnServer(values: Call['values']): Promise<SecretsPlace> {
  const { server = '' } = values;
  const ask = await askServer(server, values);
  const list = replyOf(secretsList, await ask('GET', '/secrets'));
  const reading = parseCluster(replyOf(clusterText, await ask('GET', '/in-force')).text, 'cluster.yaml');
  const cluster = 'cluster' in reading ? reading.cluster : undefined;
  return {
    file: 'secrets.yaml',
    secrets: new Map(
      list.secrets.map(({ name, wrapped }) => [name, wrapped === null ? new Secret('') : readWrapped(wrapped)]),
    ),
    cluster,
    references: cluster === undefined ? [] : referencesIn(cluster),
    save: (changes, what) => wish(ask, changes, what),
  };
}

/** `before`: the text that the changes were made from, where it is known: another one meanwhile is not changed. */
async function wish(ask: Ask, changes: readonly SecretChange[], what: string, before?: string): Promise<Safe> {
  const asked = { schema: 'pxen.secrets-wish/1', changes, who: whoIs(), what };
  return safeOf(
    await ask('POST', '/secrets-wish', JSON.stringify(before === undefined ? asked : { ...asked, before })),
  );
}
