import { below, seededChance, type Chance } from '../../src/shell/chance.ts';
import type { Intercept } from '../../src/shell/fake/network.ts';

/** What befalls a world, all of it from one seed. */
export interface Weather {
  /** Shares of datagrams that are lost and doubled. */
  readonly loss: number;
  readonly doubling: number;
  /** Milliseconds by which datagrams are late at most, and so overtake each other. */
  readonly delay: number;
  /** Share of HTTP requests that fail. */
  readonly httpLoss: number;
  readonly machines: readonly MachineKind[];
  /** When the server goes down, for how long (milliseconds), and whether it is killed in the midst of writing. */
  readonly outage: { readonly at: number; readonly lasts: number; readonly isKill: boolean } | undefined;
  readonly rival: 'none' | 'router' | 'rogue';
  /** As a proxy it leaves the addresses to a router. */
  readonly role: 'full' | 'proxy';
}

export const MACHINE_KINDS = ['uefi', 'uefi-old', 'uefi-http', 'bios', 'ipxe', 'system'] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

const pick = <T>(chance: Chance, from: readonly T[], otherwise: T): T => from[below(chance, from.length)] ?? otherwise;

export function weatherOf(seed: number): Weather {
  const chance = seededChance(seed);
  const count = 2 + below(chance, 6);
  const rivals: readonly Weather['rival'][] = ['none', 'none', 'none', 'router', 'router', 'rogue'];
  const rival = pick(chance, rivals, 'none');
  return {
    loss: pick(chance, [0, 0.01, 0.05, 0.15], 0),
    doubling: pick(chance, [0, 0, 0.05, 0.2], 0),
    delay: pick(chance, [1, 20, 200], 1),
    httpLoss: pick(chance, [0, 0, 0.05], 0),
    machines: Array.from({ length: count }, () => pick(chance, MACHINE_KINDS, 'uefi')),
    outage:
      chance.next() < 0.5
        ? { at: below(chance, 12_000), lasts: 500 + below(chance, 20_000), isKill: chance.next() < 0.5 }
        : undefined,
    rival,
    role: rival === 'router' && chance.next() < 0.6 ? 'proxy' : 'full',
  };
}

/** The network in this weather. `seen` is told of every datagram before its fate. */
export function networkOf(
  weather: Weather,
  chance: Chance,
  seen: (fromServer: boolean) => void,
  server: string,
): Intercept {
  return ({ from }) => {
    seen(from.address === server);
    if (chance.next() < weather.loss) return [];
    const delay = (): number => 1 + below(chance, weather.delay);
    return chance.next() < weather.doubling ? [delay(), delay()] : [delay()];
  };
}
