import { poolOf, selectableOf } from '../cluster/pools.ts';
import { fits, hardwareMatters, rank, type Hardware, type Selectable } from '../cluster/selector.ts';
import type { Cluster, HostEntry } from '../cluster/schema.ts';
import { DISCOVERY, profileNamed, profileNames, type Profile } from './profile.ts';

/** What shall become of a machine that asks to be booted, and by which rule of cluster.yaml. */
export type Wish = {
  /** Short and stable: stands in the log and in timelines. */
  readonly rule: string;
  readonly why: string;
} & (
  | { readonly kind: 'boot'; readonly profile: Profile }
  /** A person at the machine may choose; after `timeout` seconds the first item is booted. */
  | { readonly kind: 'menu'; readonly items: readonly Profile[]; readonly timeout: number }
  /**
   * It may be listed by a mark that it has not told yet, or what it boots depends on its hardware: its iPXE is asked.
   * `meanwhile`: the profile of a machine that cannot be asked.
   */
  | { readonly kind: 'ask'; readonly meanwhile?: Profile | undefined }
  | { readonly kind: 'refuse' }
);

/** What a machine is, as far as it concerns what it boots. */
export interface Asker {
  readonly name: string;
  /** Its entry in cluster.yaml. */
  readonly entry: HostEntry | undefined;
  /** What its board says of itself; undefined while it was not asked. */
  readonly hardware?: Hardware | undefined;
  /** Which marks of its board it has told; a mark that it turned out not to have counts as told. */
  readonly told: { readonly uuid: boolean; readonly serial: boolean };
}

type Wishes = Pick<Cluster, 'hosts' | 'pools' | 'profiles' | 'boot' | 'settings' | 'addons'>;

/**
 * What a machine boots. The first that applies: it is denied; its own `profile`; that of its pool; a profile that chooses it by
 * `for` (by name before by label, the later one of two); `boot.default`. A machine that cluster.yaml does not name: `boot.unknown`.
 */
export function wishFor(cluster: Wishes, asker: Asker): Wish {
  const wish = wishOf(cluster, asker);
  if (asker.hardware !== undefined || (wish.kind !== 'boot' && wish.kind !== 'menu')) return wish;
  if (!isByHardware(cluster, asker, wish)) return wish;
  const why = 'what is set for it depends on its hardware';
  return { kind: 'ask', rule: 'hardware.ask', why, meanwhile: profileIn(wish) };
}

/** Whoever is at the menu may choose any profile, and with it the settings for that. */
function isByHardware(cluster: Wishes, asker: Asker, wish: Wish): boolean {
  const items = wish.kind === 'menu' ? wish.items : [profileIn(wish)];
  return items.some((item) => hardwareMatters(cluster, selectableOf(cluster, asker, item?.name)));
}

function wishOf(cluster: Wishes, asker: Asker): Wish {
  const { entry } = asker;
  if (entry === undefined) return unknownWish(cluster, asker);
  if (entry.boot === 'deny') {
    return { kind: 'refuse', rule: 'host.denied', why: `cluster.yaml denies ${asker.name} to boot` };
  }
  if (entry.profile !== undefined)
    return profileWish(cluster, entry.profile, 'host.profile', `it is that of its entry`);
  const pool = poolOf(cluster, asker)?.pool;
  const usual = poolProfile(cluster, pool);
  if (usual !== undefined) return profileWish(cluster, usual, 'pool.profile', `it is that of its pool ${pool}`);
  const chosen = chosenProfile(cluster, selectableOf(cluster, asker));
  if (chosen !== undefined) return profileWish(cluster, chosen, 'profile.for', 'its selector fits');
  return profileWish(cluster, cluster.boot.default, 'boot.default', 'it is the default');
}

/** A pool that only its hosts name says nothing. */
const poolProfile = ({ pools }: Wishes, pool = ''): string | undefined =>
  Object.hasOwn(pools, pool) ? pools[pool]?.profile : undefined;

function chosenProfile({ profiles }: Wishes, host: Selectable): string | undefined {
  return Object.entries(profiles)
    .filter(([, profile]) => profile.for !== undefined && fits(profile.for, host))
    .toSorted(([, one], [, other]) => rank(one.for) - rank(other.for))
    .at(-1)?.[0];
}

/** The checks of cluster.yaml let no name pass that is none; a test's cluster may. */
function profileWish(cluster: Wishes, name: string, rule: string, why: string): Wish {
  const profile = profileNamed(cluster, name);
  if (profile === undefined) return { kind: 'refuse', rule: 'profile.missing', why: `there is no profile ${name}` };
  return { kind: 'boot', profile, rule, why: `profile ${name}: ${why}` };
}

const mayBe = ({ mac, uuid, serial }: HostEntry, { told }: Asker): boolean =>
  mac === undefined && ((uuid !== undefined && !told.uuid) || (serial !== undefined && !told.serial));

function unknownWish(cluster: Wishes, asker: Asker): Wish {
  if (cluster.hosts.some((host) => mayBe(host, asker))) {
    return { kind: 'ask', rule: 'unknown.ask', why: 'it may be listed by UUID or serial number' };
  }
  const wanted = cluster.boot.unknown ?? (cluster.hosts.length === 0 ? 'boot' : 'menu');
  switch (wanted) {
    case 'ignore':
      return { kind: 'refuse', rule: 'unknown.ignore', why: 'cluster.yaml does not name it' };
    case 'boot':
      return profileWish(cluster, cluster.boot.default, 'unknown.boot', 'unknown machines boot the default');
    case 'menu':
      return menuWish(cluster);
    default:
      return profileWish(cluster, wanted, 'unknown.profile', 'it is that of unknown machines');
  }
}

/** What comes first is booted when nobody chooses. */
function menuWish(cluster: Wishes): Wish {
  const { menu, default: usual } = cluster.boot;
  const names = new Set([menu.default ?? usual, usual, ...profileNames(cluster.profiles), 'local', DISCOVERY]);
  const items = [...names].flatMap((name) => profileNamed(cluster, name) ?? []);
  const why = 'cluster.yaml does not name it: whoever is at it may choose';
  return { kind: 'menu', items, timeout: menu.timeout, rule: 'unknown.menu', why };
}

/** The wish of a machine at whose menu `choice` was taken. A choice opens no door: other machines have none. */
export function chosen(wish: Wish, choice: string | undefined): Wish {
  if (wish.kind !== 'menu' || choice === undefined) return wish;
  const profile = wish.items.find(({ name }) => name === choice);
  if (profile === undefined) return wish;
  return { kind: 'boot', profile, rule: 'menu.choice', why: `profile ${choice}: it was chosen at the menu` };
}

/** Whether a listed machine is to be a host that reports and runs VMs. */
export function isToReport(cluster: Wishes, entry: HostEntry): boolean {
  const wish = wishFor(cluster, {
    name: entry.name ?? '',
    entry,
    hardware: {},
    told: { uuid: true, serial: true },
  });
  return wish.kind === 'boot' && wish.profile.payload.kind === 'xen' && wish.profile.name !== DISCOVERY;
}

/** The profile that files are made for: what is wished, or what the menu would boot by itself. */
export function profileIn(wish: Wish): Profile | undefined {
  if (wish.kind === 'menu') return wish.items[0];
  if (wish.kind === 'ask') return wish.meanwhile;
  return wish.kind === 'boot' ? wish.profile : undefined;
}

/** For a file that is asked for from an address that this server never gave: nothing tells whose it is. */
export const STRANGER: Wish = {
  kind: 'ask',
  rule: 'address.unknown',
  why: 'this server did not give the address that asks',
};
