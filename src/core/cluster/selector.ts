import type { z } from 'zod';
import type { Cluster } from './schema.ts';
import type { SettingsEntry } from './schemaSettings.ts';
import type { memberSelector, selector } from './schemaSettings.ts';

/** What the board of a machine tells; a key that it does not tell is absent. */
export interface Hardware {
  readonly cpuVendor?: 'intel' | 'amd' | undefined;
  /** Bytes. */
  readonly memory?: number | undefined;
  /** Logical processors. */
  readonly cpus?: number | undefined;
  readonly firmware?: 'uefi' | 'bios' | undefined;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
}

/** What a selector looks at. */
export interface Selectable {
  readonly name?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly pool?: string | undefined;
  /** The host's entry names its pool, so that its hardware cannot change it. */
  readonly isPoolSure?: boolean | undefined;
  /** The profile that it boots. */
  readonly profile?: string | undefined;
  readonly hardware?: Hardware | undefined;
}

/** Of profiles, settings and pools: settings alone choose by profile, pools not by pool. */
export type Selector =
  z.infer<typeof selector> | z.infer<typeof memberSelector> | NonNullable<SettingsEntry['for']> | undefined;
type Told = NonNullable<NonNullable<Selector>['hardware']>;

/** All parts of a selector must fit; `*` in a text stands for any characters. What is not known fits nothing. */
export function fits(selector: Selector, host: Selectable): boolean {
  return fitsButHardware(selector, host) && hardwareFits(selector?.hardware, host.hardware);
}

function fitsButHardware(selector: Selector, host: Selectable): boolean {
  if (selector === undefined) return true;
  const labels = Object.entries(selector.labels ?? {});
  return (
    labels.every(([key, value]) => host.labels[key] === value) &&
    textFits(selector.name, host.name) &&
    isWanted('pool' in selector ? selector.pool : undefined, host.pool) &&
    isWanted('profile' in selector ? selector.profile : undefined, host.profile)
  );
}

const isWanted = (wanted: string | undefined, is: string | undefined): boolean => wanted === undefined || wanted === is;

/** Firmware keeps some memory to itself: a machine that lacks at most a twentieth has what was asked for. */
const MEMORY_KEPT = 0.05;

function hardwareFits(wanted: Told | undefined, is: Hardware = {}): boolean {
  if (wanted === undefined) return true;
  return (
    isWanted(wanted.cpuVendor, is.cpuVendor) &&
    isWanted(wanted.firmware, is.firmware) &&
    (wanted.cpusAtLeast === undefined || (is.cpus ?? 0) >= wanted.cpusAtLeast) &&
    (wanted.memoryAtLeast === undefined || (is.memory ?? 0) >= wanted.memoryAtLeast * (1 - MEMORY_KEPT)) &&
    textFits(wanted.manufacturer?.toLowerCase(), is.manufacturer?.toLowerCase()) &&
    textFits(wanted.product?.toLowerCase(), is.product?.toLowerCase())
  );
}

function textFits(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  return holdsInOrder(text.slice(first.length, text.length - last.length), rest);
}

/** Each part at its first place behind the one before: as good as any other choice, and no pattern takes long. */
function holdsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/**
 * How narrowly a selector chooses, by its narrowest part; the narrower goes before the wider: no selector, hardware, profile,
 * pool, labels, a name with `*`, a whole name.
 */
export function rank(selector: Selector): number {
  if (selector === undefined) return 0;
  if (selector.name !== undefined) return selector.name.includes('*') ? 5 : 6;
  if (Object.keys(selector.labels ?? {}).length > 0) return 4;
  if ('pool' in selector && selector.pool !== undefined) return 3;
  if ('profile' in selector && selector.profile !== undefined) return 2;
  return selector.hardware === undefined ? 0 : 1;
}

/** What chooses hosts by selectors. */
type Choosing = Pick<Cluster, 'settings' | 'profiles' | 'pools' | 'addons'>;

/** Whether something is set for this host, or booted by it, that depends on its hardware, or the pool that it is in. */
export function hardwareMatters({ settings, profiles, pools, addons }: Choosing, host: Selectable): boolean {
  const open = host.isPoolSure === true ? [] : Object.values(pools);
  const on = Object.values(addons).filter(({ enabled }) => enabled);
  const selectors = [...settings, ...Object.values(profiles), ...open, ...on].map((one): Selector => one.for);
  return selectors.some((selector) => selector?.hardware !== undefined && fitsButHardware(selector, host));
}
