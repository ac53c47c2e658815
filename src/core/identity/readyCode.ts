import { sha256 } from '@noble/hashes/sha2.js';
import { hex, utf8 } from '../net/text.ts';

/** What a healthy host prints once (docs/boot.md): depends on the machine, so that no crash prints it by chance. */
export const readyCode = (assetTag: string, systemUuid: string): string =>
  hex(sha256(utf8(`${assetTag}:${systemUuid.toLowerCase()}:healthy`)));
