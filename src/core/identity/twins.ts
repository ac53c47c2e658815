import type { Mac } from '../net/mac.ts';

/** A sign of life of a machine that has come further than firmware, in one boot of it. */
export interface Sign {
  readonly mac: Mac;
  /** What tells its boots apart. */
  readonly boot: number;
}

/** Machines that say that they have one UUID. */
export interface Twins {
  readonly uuid: string;
  readonly macs: readonly Mac[];
}

/** Signs of one UUID that are remembered; more cards than a machine has. */
const MOST = 16;

/**
 * Whether signs that name one UUID come from several machines. A machine with several cards boots by one at a time: once another
 * card was heard, the one before can only be heard again in another boot. Signs of one boot around those of another card are two
 * machines. `signs`: in the order in which each was heard last.
 */
export function meet(
  signs: readonly Sign[],
  now: Sign,
): { readonly signs: readonly Sign[]; readonly macs: readonly Mac[] } {
  const at = signs.findIndex(({ mac, boot }) => mac === now.mac && boot === now.boot);
  if (at >= 0 && at === signs.length - 1) return { signs, macs: [] };
  const since = at < 0 ? [] : signs.slice(at + 1).flatMap(({ mac }) => (mac === now.mac ? [] : mac));
  const after = [...signs.filter((_sign, index) => index !== at), now].slice(-MOST);
  return { signs: after, macs: since.length === 0 ? [] : [...new Set([now.mac, ...since])].sort() };
}

export const twinsSentence = ({ uuid, macs }: Twins): string =>
  `${macs.join(' and ')} are different machines that have one UUID, ${uuid}: each goes by its MAC address instead; name them by mac in cluster.yaml`;
