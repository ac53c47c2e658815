import type { Cluster } from '../core/cluster/schema.ts';
import { misfit } from '../core/secrets/fitting.ts';
import { referencesIn, type Reference } from '../core/secrets/references.ts';
import { secretOf, type Secrets } from '../core/secrets/secrets.ts';
import { LONGEST_KEPT } from '../core/state/keptSecrets.ts';

/** Sentences about what cluster.yaml names and is not to be had as it should be, each once; and of a file that is too long to be kept. */
export function lacking(cluster: Cluster, secrets: Secrets, text: string | undefined): string[] {
  const why = referencesIn(cluster).flatMap((reference) => whyNot(reference, secrets) ?? []);
  const isLong = text !== undefined && text.length > LONGEST_KEPT;
  const long = `secrets.yaml is longer than ${LONGEST_KEPT / 1024} KiB: the drive keeps no second copy of it`;
  return [...new Set([...why, ...(isLong ? [long] : [])])];
}

function whyNot(reference: Reference, secrets: Secrets): string | undefined {
  const entry = secretOf(secrets, reference.name);
  if ('missing' in entry) return entry.missing;
  const wrong = misfit(reference, entry.value.reveal());
  return wrong && `the secret ${reference.name} is ${wrong[0]}`;
}
