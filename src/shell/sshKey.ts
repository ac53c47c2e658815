import type { SshKey } from '../core/ssh/hostKey.ts';
import { nodeCrypto } from './builtin.ts';

/** A new SSH host key. The system's generator is asked, which waits until it was seeded (getrandom(2)). */
export function makeSshKey(): SshKey {
  const { privateKey } = nodeCrypto().generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), publicKey: Buffer.from(x, 'base64url') };
}
