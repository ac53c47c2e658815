import { profileNames } from '../boot/profile.ts';
import type { Finding } from './finding.ts';
import { nearest } from './near.ts';
import { at, type Placed, type Readable } from './sense.ts';
import type { ProfileEntry } from './schemaBoot.ts';
import { rank } from './selector.ts';
import { valueAt } from './shape.ts';

type Entry = Placed<ProfileEntry>;
type Key = Exclude<keyof ProfileEntry['payload'], 'kind'>;

/** What `boot.unknown` may say beside the name of a profile. */
const WORDS = ['menu', 'boot', 'ignore'];
/** Which keys stand with which kind of payload. */
const KEYS: Readonly<Record<ProfileEntry['payload']['kind'], readonly Key[]>> = {
  xen: [],
  local: [],
  linux: ['kernel', 'initrd', 'args'],
  script: ['file', 'text'],
};
const PAYLOAD_KEYS: readonly Key[] = ['kernel', 'initrd', 'args', 'file', 'text'];

/** What is wrong with profiles, and with those that name them. */
export function bootFindings(parts: Readable, root: unknown): Finding[] {
  const names = profileNames(Object(valueAt(root, ['profiles'])) as Record<string, unknown>);
  return [
    ...parts.profiles.flatMap((profile) => profileFindings(profile)),
    ...parts.hosts.flatMap((host) => named(host, 'profile', host.value.profile, names)),
    ...parts.pools.flatMap((pool) => named(pool, 'profile', pool.value.profile, names)),
    ...[...parts.settings, ...parts.addons].flatMap((entry) =>
      named({ path: [...entry.path, 'for'] }, 'profile', entry.value.for?.profile, names),
    ),
    ...named(BOOT, 'default', textAt(root, 'default'), names),
    ...named({ path: ['boot', 'menu'] }, 'default', textAt(root, 'menu', 'default'), names),
    ...named(BOOT, 'unknown', textAt(root, 'unknown'), [...WORDS, ...names]),
    ...nobody(parts, root),
  ];
}

const BOOT = { path: ['boot'] };

function textAt(root: unknown, ...keys: readonly string[]): string | undefined {
  const value = valueAt(root, ['boot', ...keys]);
  return typeof value === 'string' ? value : undefined;
}

function named(at: Pick<Entry, 'path'>, key: string, name: string | undefined, names: readonly string[]): Finding[] {
  if (name === undefined || names.includes(name)) return [];
  const near = nearest(name, names);
  const remedy =
    near === undefined ? `Write one of ${names.join(', ')}, or add it below \`profiles:\`.` : `Did you mean ${near}?`;
  return [{ path: [...at.path, key], part: 'value', what: `there is no profile \`${name}\``, remedy }];
}

/** A file that names nobody and ignores whom it does not name. */
function nobody({ hosts }: Readable, root: unknown): Finding[] {
  const list = valueAt(root, ['hosts']);
  if (textAt(root, 'unknown') !== 'ignore' || hosts.length > 0 || (Array.isArray(list) && list.length > 0)) return [];
  const what = 'no host is named and unknown ones are ignored: nothing would ever boot';
  return [{ path: ['boot', 'unknown'], part: 'value', what, remedy: 'Name hosts below `hosts:`, or write boot.' }];
}

function profileFindings(profile: Entry): Finding[] {
  return [
    ...reserved(profile),
    ...payloadFindings({ path: [...profile.path, 'payload'], value: profile.value.payload }),
    ...consoleFindings(profile),
    ...selectorFindings(profile),
  ];
}

function reserved({ path }: Entry): Finding[] {
  const name = String(path.at(-1));
  if (!WORDS.includes(name)) return [];
  const what = `no profile can be called \`${name}\`, which has a meaning of its own in \`boot.unknown\``;
  return [{ path, part: 'key', what, remedy: 'Call it something else.' }];
}

function payloadFindings(payload: Placed<ProfileEntry['payload']>): Finding[] {
  const { kind, kernel, file, text } = payload.value;
  const strange = PAYLOAD_KEYS.filter((key) => payload.value[key] !== undefined && !KEYS[kind].includes(key));
  const lacks = (what: string, remedy: string): Finding => ({ path: payload.path, part: 'value', what, remedy });
  return [
    ...strange.map((key): Finding => ({
      path: [...payload.path, key],
      part: 'key',
      what: `\`${key}\` means nothing to a payload of the kind ${kind}`,
      remedy: `Remove it, or write the kind that it belongs to: ${key === 'file' || key === 'text' ? 'script' : 'linux'}.`,
    })),
    ...(kind === 'linux' && kernel === undefined
      ? [lacks('nothing says which kernel is booted', 'Add `kernel:`, a file below boot/.')]
      : []),
    ...(kind === 'script' && (file === undefined) === (text === undefined)
      ? [lacks('a script is either a file or a text', 'Write one of `file:` and `text:`.')]
      : []),
  ];
}

/** Xen on x86 drives two serial ports by itself (com1 and com2). */
function consoleFindings(profile: Entry): Finding[] {
  const { console, payload } = profile.value;
  if (payload.kind !== 'xen' || console === undefined || /^ttyS[01]\b/.test(console)) return [];
  return [at(profile, 'console', `Xen has no serial console ${console}`, 'Write ttyS0 or ttyS1, with a speed.')];
}

function selectorFindings({ path, value }: Entry): Finding[] {
  if (value.for === undefined || rank(value.for) > 0) return [];
  const remedy = 'Write `labels:` or `name:` below it, or name the profile as `boot.default` to mean every host.';
  return [{ path: [...path, 'for'], part: 'key', what: 'this selector names nothing', remedy }];
}
