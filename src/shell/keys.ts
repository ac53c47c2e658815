import type { KeyPair } from '../core/identity/identity.ts';
import { nodeCrypto } from './builtin.ts';

/** A new key pair of a cluster. The system's generator is asked, which waits until it was seeded (getrandom(2)). */
export function makeKeys(): KeyPair {
  const { publicKey, privateKey } = nodeCrypto().generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') };
}

export const randomBytes = (count: number): Uint8Array => nodeCrypto().randomBytes(count);

/** Ed25519 (RFC 8032), 64 bytes. */
export function sign({ privateKey }: Pick<KeyPair, 'privateKey'>, bytes: Uint8Array): Uint8Array {
  const key = nodeCrypto().createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
  return nodeCrypto().sign(null, bytes, key);
}

/** False for a key or a signature that is none, as for one that does not fit. */
export function isSigned({ publicKey }: Pick<KeyPair, 'publicKey'>, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = nodeCrypto().createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    return nodeCrypto().verify(null, bytes, key, signature);
  } catch {
    // OpenSSL has a code for each way in which a key can be broken; none of them is a signature.
    return false;
  }
}
