import type { Cipher } from '../core/secrets/wrapped.ts';
import { nodeCrypto } from './builtin.ts';

const TAG = 16;
/** Node refuses scrypt above 32 MiB unless it is told; some for the rest beside the table itself. */
const MOST_MEMORY = 2 ** 28 + 2 ** 24;

/** Wrapping by this machine's OpenSSL. */
export const cipher: Cipher = {
  derive: (passphrase, { ln, r, p, salt }, length) =>
    nodeCrypto().scryptSync(passphrase, salt, length, { N: 2 ** ln, r, p, maxmem: MOST_MEMORY }),
  seal(key, nonce, bound, plain) {
    const sealing = nodeCrypto().createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    return Buffer.concat([sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
  },
  open(key, nonce, bound, box) {
    const opening = nodeCrypto().createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(bound);
    try {
      opening.setAuthTag(box.subarray(-TAG));
      return Buffer.concat([opening.update(box.subarray(0, -TAG)), opening.final()]);
    } catch {
      // OpenSSL says only that the tag does not fit; what that means is for the caller to say.
      return undefined;
    }
  },
  random: (count) => nodeCrypto().randomBytes(count),
};
