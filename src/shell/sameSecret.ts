import { createHash, nodeCrypto } from './builtin.ts';

/** Whether two secrets are the same, in a time that tells nothing of either, their lengths included. */
export const sameSecret = (one: string, other: string): boolean =>
  nodeCrypto().timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
