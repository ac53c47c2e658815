import { z } from 'zod';
import { hex } from '../net/text.ts';
import { clusterUuid, driveUuid } from './uuid.ts';

const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]+=*$/)
  .max(1000);

/** Who a drive is. Its keys are the cluster's: whoever holds the drive holds the cluster (docs/rules.md, rule 7). */
export const identityShape = z.strictObject({
  /** A function of the cluster's public key. */
  cluster: z.uuid(),
  drive: z.uuid(),
  /** Goes up when a drive replaces another. */
  generation: z.int().min(1),
  /** Ed25519, SubjectPublicKeyInfo and PKCS #8 (RFC 8410), DER in base64. */
  publicKey: base64,
  privateKey: base64,
});
export type Identity = z.infer<typeof identityShape>;
export type KeyPair = Pick<Identity, 'publicKey' | 'privateKey'>;

/** The identity of a virgin drive: a new cluster with new keys. `chance`: 16 bytes. */
export function newIdentity(keys: KeyPair, chance: Uint8Array): Identity {
  const cluster = clusterUuid(keys.publicKey);
  return { cluster, drive: driveUuid(cluster, hex(chance)), generation: 1, ...keys };
}

/** The identity of the drive that takes this one's place. */
export const successor = (identity: Identity, chance: Uint8Array): Identity => ({
  ...identity,
  drive: driveUuid(identity.cluster, hex(chance)),
  generation: identity.generation + 1,
});
