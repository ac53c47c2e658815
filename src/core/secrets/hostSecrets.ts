import type { Account, HostSecrets } from '../api/hostSecrets.ts';
import type { Cluster, HostEntry } from '../cluster/schema.ts';
import { isPasswordHash } from '../cluster/accessValues.ts';
import type { AccountEntry, PasswordEntry } from '../cluster/schemaAccess.ts';
import { canonicalUuid, isTrueUuid } from '../identity/machine.ts';
import type { Mac } from '../net/mac.ts';
import { openAccount, rootKeys } from './accounts.ts';
import { secretOf, type Secrets } from './secrets.ts';

/** What a machine said of itself. */
export interface Asker {
  /** Its board's UUID; empty where it said none. */
  readonly uuid: string;
  /** The MACs of its cards. */
  readonly macs: readonly Mac[];
}

export type Given =
  | {
      readonly kind: 'given';
      readonly secrets: HostSecrets;
      /** A sentence for each secret that is named and not to be had. */
      readonly lacks: readonly string[];
    }
  /** `why` names no secret and may be shown to anybody. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * What one host may have. Until machines are admitted, only one that cluster.yaml lists by MAC and UUID both gets anything, and
 * only where both are what it reported: either alone is printed on a label, or can be set by whoever writes a boot request.
 */
export function hostSecrets(cluster: Pick<Cluster, 'access' | 'hosts'>, secrets: Secrets, asker: Asker): Given {
  const why = whyNothing(cluster, asker);
  if (why !== undefined) return { kind: 'refused', why };
  const lacks: string[] = [];
  const hashFor = (password: PasswordEntry | undefined, whose: string): string | undefined => {
    const found = password === undefined ? undefined : passwordHash(password, secrets);
    if (found === undefined || 'hash' in found) return found?.hash;
    lacks.push(`${whose} has no password: ${found.missing}`);
    return undefined;
  };
  const { access } = cluster;
  const root = hashFor(access.password, 'root');
  const accountFor = (entry: AccountEntry): Account => {
    const hash = hashFor(entry.password, entry.name);
    return hash === undefined ? openAccount(entry) : { ...openAccount(entry), passwordHash: hash };
  };
  const given = {
    schema: 'pxen.host-secrets/1' as const,
    accounts: access.accounts.map((entry) => accountFor(entry)),
    rootSshKeys: rootKeys(access),
  };
  return { kind: 'given', secrets: root === undefined ? given : { ...given, rootPasswordHash: root }, lacks };
}

/** Why a machine gets no secrets; undefined where it does. */
export function whyNothing({ hosts }: Pick<Cluster, 'hosts'>, asker: Asker): string | undefined {
  const byMac = hosts.filter((host) => host.mac !== undefined && asker.macs.includes(host.mac));
  const [first] = byMac;
  if (first === undefined) return 'cluster.yaml lists no host with its MAC address';
  if (byMac.every(({ uuid }) => uuid === undefined)) {
    return `cluster.yaml lists ${nameOf(first)} by MAC address only; add its uuid`;
  }
  if (!isTrueUuid(asker.uuid)) return 'its board has no UUID of its own';
  const said = canonicalUuid(asker.uuid);
  if (!byMac.some(({ uuid }) => uuid !== undefined && canonicalUuid(uuid) === said)) {
    return `cluster.yaml lists ${nameOf(first)} with another UUID than the machine says`;
  }
  return undefined;
}

const nameOf = ({ name, mac }: HostEntry): string => name ?? mac ?? 'the host';

function passwordHash(
  password: PasswordEntry,
  secrets: Secrets,
): { readonly hash: string } | { readonly missing: string } {
  if (typeof password === 'string') return { hash: password };
  const entry = secretOf(secrets, password.secret);
  if ('missing' in entry) return entry;
  const hash = entry.value.reveal();
  // In plain text it would stand in every host's /etc/shadow, and let nobody in.
  return isPasswordHash(hash) ? { hash } : { missing: `the secret ${password.secret} is not the hash of a password` };
}
