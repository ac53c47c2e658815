import { base64, fromBase64 } from '../net/base64.ts';
import type { Cluster } from '../cluster/schema.ts';
import { canonicalUuid } from '../identity/machine.ts';
import type { SshKey } from '../ssh/hostKey.ts';
import type { HostKeys } from './hostKeysShape.ts';

/** The key of a host; undefined where none is kept, or it is none. */
export function hostKeyOf(keys: HostKeys, uuid: string): SshKey | undefined {
  const found = keys.find((entry) => entry.uuid === canonicalUuid(uuid));
  const [seed, publicKey] = [fromBase64(found?.seed ?? ''), fromBase64(found?.publicKey ?? '')];
  return seed?.length === 32 && publicKey?.length === 32 ? { seed, publicKey } : undefined;
}

/**
 * A key for every host that cluster.yaml lists by MAC and UUID both, and for the machines that the drive was started in; those
 * that are there stay, and those of hosts that are neither any more are dropped. The same list where nothing changes.
 */
export function keptHostKeys(
  keys: HostKeys,
  { hosts }: Pick<Cluster, 'hosts'>,
  started: readonly string[],
  make: () => SshKey,
): HostKeys {
  const listed = hosts.flatMap(({ mac, uuid }) => (mac === undefined || uuid === undefined ? [] : [uuid]));
  const wanted = new Set([...listed, ...started].filter((uuid) => uuid !== '').map(canonicalUuid));
  const kept = keys.filter(({ uuid }) => wanted.delete(uuid));
  if (wanted.size === 0 && kept.length === keys.length) return keys;
  return [...kept, ...Array.from(wanted, (uuid) => entryFor(uuid, make()))];
}

const entryFor = (uuid: string, { seed, publicKey }: SshKey): HostKeys[number] => ({
  uuid,
  seed: base64(seed),
  publicKey: base64(publicKey),
});
