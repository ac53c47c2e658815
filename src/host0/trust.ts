import type { Trust } from '../core/state/trust.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import { keepKeys, readKeys } from '../shell/tlsIdentity.ts';
import { fingerprintOf, makeTrust, type SomeTrust } from '../shell/tlsMake.ts';
import type { KeptState } from './state.ts';

export interface TrustDeps {
  /** What the drive remembers; undefined where there is no drive, or it cannot be used. */
  readonly state: Pick<KeptState, 'now' | 'change'> | undefined;
  /** A folder in RAM: keys that the drive does not hold are the same when the boot server begins anew. */
  readonly folder: string;
  readonly cluster: string;
  readonly log: Log;
}

/** The keys by which this cluster's server is known: those on the drive, else those of this boot, which the drive then gets. */
export async function openTrust({ state, folder, cluster, log }: TrustDeps): Promise<Trust> {
  const kept = state?.now()?.trust;
  const before = kept === undefined ? await keysInRam(folder, log) : {};
  const trust = kept ?? (await trustInRam(before, folder, cluster, log));
  const isNew = kept === undefined && before.authority === undefined;
  log.say(isNew ? 'TRUST_MADE' : 'TRUST_READ', { fingerprint: fingerprintOf(trust.authority.cert) });
  if (kept === undefined) state?.change((remembered) => ({ ...remembered, trust }));
  if (state?.now() === undefined) log.say('TRUST_IN_RAM', { why: whyInRam(state) });
  return trust;
}

/** Why keys do not outlive this boot. */
export const whyInRam = (state: TrustDeps['state']): string =>
  state === undefined ? 'host0 was started without a drive that remembers' : 'the state of the drive cannot be used';

const keysInRam = (folder: string, log: Log): Promise<SomeTrust> =>
  readKeys(folder).catch((error: unknown) => {
    // Of no use to anybody, and only of this boot: they are made anew.
    log.say('TRUST_IN_RAM', { why: sentenceOf(error) });
    return {};
  });

async function trustInRam(before: SomeTrust, folder: string, cluster: string, log: Log): Promise<Trust> {
  const trust = await makeTrust(cluster, before);
  await keepKeys(folder, trust).catch((error: unknown) => log.say('TRUST_IN_RAM', { why: sentenceOf(error) }));
  return trust;
}
