import { sha1 } from '@noble/hashes/legacy.js';
import { hex, utf8 } from '../net/text.ts';
import type { Mac } from '../net/mac.ts';

/**
 * Names that are functions of what they name: the same drive and the same machines give the same UUIDs for ever, and two
 * servers of one cluster agree without asking. RFC 9562 5.5 (version 5).
 */

/** pxen's own namespace: version 5 of the DNS namespace and the name `pxen`. */
const NAMESPACE = '2b04e60c-cdc0-53d9-9505-ce4c3b69128d';

const bytesOfUuid = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Joined by a byte that no part holds, so that `a`+`bc` and `ab`+`c` differ. */
function hashOf(parts: readonly string[]): Uint8Array {
  const name = utf8(parts.map((part) => part.replaceAll('\0', '')).join('\0'));
  const space = bytesOfUuid(NAMESPACE);
  return sha1(Uint8Array.from([...space, ...name]));
}

function uuidOf(...parts: readonly string[]): string {
  const bytes = hashOf(parts).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** For a host whose board has no UUID of its own to go by. */
export const hostUuidOfMac = (mac: Mac): string => uuidOf('host', mac);
/** A network of a cluster is the same on whichever host it is seen. */
export const networkUuid = (cluster: string, network: string): string => uuidOf('network', cluster, network);
/** A pool of hosts, in XAPI's sense. */
export const poolUuid = (cluster: string, pool: string): string => uuidOf('pool', cluster, pool);
/** A disk is the same SR in whichever machine it sits. */
export const srUuid = (cluster: string, serial: string): string => uuidOf('sr', cluster, serial);
export const vmUuid = (cluster: string, vm: string): string => uuidOf('vm', cluster, vm);
export const vdiUuid = (cluster: string, vm: string): string => uuidOf('vdi', cluster, vm);

/** A cluster is its key, and is called by whatever name in cluster.yaml. */
export const clusterUuid = (publicKey: string): string => uuidOf('cluster', publicKey);
export const driveUuid = (cluster: string, chance: string): string => uuidOf('drive', cluster, chance);

/** A VM's MAC: Xen's own prefix 00:16:3e and 24 bits of hash. */
export function vmMac(cluster: string, vm: string): Mac {
  return `00:16:3e:${hex(hashOf(['mac', cluster, vm]).subarray(0, 3), ':')}` as Mac;
}

/** A number below `limit` (at most 2^24) that is a function of the words. */
export function numberOf(limit: number, ...parts: readonly string[]): number {
  const [a = 0, b = 0, c = 0] = hashOf(parts);
  return (a * 0x1_0000 + b * 0x100 + c) % limit;
}
