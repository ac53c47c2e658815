import type { Cluster } from '../cluster/schema.ts';
import type { Selectable } from '../cluster/selector.ts';
import { settingsFor, valuesOf, type HostSettings } from '../cluster/settings.ts';
import type { CpioEntry } from '../image/cpio.ts';
import { utf8 } from '../net/text.ts';
import { accountsText, ACCOUNTS_FILE, openAccount, rootKeys } from '../secrets/accounts.ts';
import { appliedText } from './applied.ts';

/** A file that cluster.yaml puts onto a host. */
export type HostFile = {
  /** From the host's root, with a leading `/`. */
  readonly path: string;
} & (
  | { readonly mode: number; readonly text: string }
  /** A file of the drive, from its root: below `overlay/`, or below the folder of an add-on. */
  | { readonly mode: number; readonly from: string }
  /** A symbolic link. */
  | { readonly target: string }
);

const UNITS = '/etc/systemd/system';
/** Begun when the host is ready: whatever becomes of an administrator's unit, the host is up. */
const WANTS = `${UNITS}/pxen-later.target.wants`;
const MODULES = '/etc/modules-load.d/90-pxen.conf';
const PARAMETERS = '/etc/modprobe.d/90-pxen.conf';
const SYSCTL = '/etc/sysctl.d/90-pxen.conf';
/** One line for each thing that was applied; the agent reports them. */
export const APPLIED = '/etc/pxen/applied';

/** What cluster.yaml puts onto a host: who may log in as root, and what its settings say. */
export function hostFiles(cluster: Pick<Cluster, 'access' | 'settings' | 'addons'>, host: Selectable): HostFile[] {
  const settings = settingsFor(host, cluster);
  const files = [
    ...accessFiles(cluster),
    ...valuesOf(settings.files).map((file) => ownFile(file)),
    ...unitFiles(settings),
    ...moduleFiles(valuesOf(settings.modules)),
    ...sysctlFiles(settings),
  ];
  const applied = appliedText(settings);
  return applied === '' ? files : [...files, { path: APPLIED, mode: 0o644, text: applied }];
}

/** sshd(8), "AUTHORIZED_KEYS FILE FORMAT", and the accounts that the agent makes; their passwords come later, and not to all. */
function accessFiles({ access }: Pick<Cluster, 'access'>): HostFile[] {
  const [keys, accounts] = [rootKeys(access), access.accounts.map((entry) => openAccount(entry))];
  const keysText = keys.map((key) => `${key}\n`).join('');
  return [
    ...(keys.length === 0 ? [] : [{ path: '/root/.ssh/authorized_keys', mode: 0o600, text: keysText }]),
    ...(accounts.length === 0 ? [] : [{ path: ACCOUNTS_FILE, mode: 0o644, text: accountsText(accounts) }]),
  ];
}

function ownFile({ path, text, from, mode }: Cluster['settings'][number]['files'][number]): HostFile {
  const bits = Number.parseInt(mode, 8);
  return from === undefined ? { path, mode: bits, text: text ?? '' } : { path, mode: bits, from };
}

/** A unit that is disabled is masked (systemctl(1)): neither a person's nor a package's wish starts it. */
function unitFiles({ unitStates, unitTexts }: HostSettings): HostFile[] {
  const states = new Map(unitStates.map(({ key, values }) => [key, values[0]]));
  const texts = unitTexts.filter(({ key }) => states.get(key) !== 'disabled');
  return [
    ...texts.map(({ key, values }) => ({ path: `${UNITS}/${key}`, mode: 0o644, text: values[0] ?? '' })),
    ...[...states].map(([name, state]): HostFile =>
      state === 'disabled'
        ? { path: `${UNITS}/${name}`, target: '/dev/null' }
        : wanted(name, texts.some(({ key }) => key === name) ? UNITS : '/usr/lib/systemd/system'),
    ),
  ];
}

const wanted = (name: string, folder: string): HostFile => ({ path: `${WANTS}/${name}`, target: `${folder}/${name}` });

/** modules-load.d(5) for the names, modprobe.d(5) for what they are told. */
function moduleFiles(modules: readonly string[]): HostFile[] {
  if (modules.length === 0) return [];
  const told = modules.filter((module) => module.includes(' ')).map((module) => `options ${module}\n`);
  return [
    { path: MODULES, mode: 0o644, text: modules.map((module) => `${module.split(' ', 1)[0]}\n`).join('') },
    ...(told.length === 0 ? [] : [{ path: PARAMETERS, mode: 0o644, text: told.join('') }]),
    wanted('systemd-modules-load.service', '/usr/lib/systemd/system'),
  ];
}

/** systemd sets them early (sysctl.d(5)); once more when modules are loaded, some of which bring parameters of their own. */
function sysctlFiles({ sysctl }: HostSettings): HostFile[] {
  if (sysctl.length === 0) return [];
  const text = sysctl.map(({ key, values }) => `${key} = ${values[0]}\n`).join('');
  return [
    { path: SYSCTL, mode: 0o644, text },
    { path: `${UNITS}/${AGAIN}`, mode: 0o644, text: AGAIN_TEXT },
    wanted(AGAIN, UNITS),
  ];
}

const AGAIN = 'pxen-sysctl.service';
const AGAIN_TEXT = `[Unit]
Description=Kernel parameters that settings of cluster.yaml want
After=systemd-modules-load.service
[Service]
Type=oneshot
ExecStart=/usr/lib/systemd/systemd-sysctl ${SYSCTL}
`;

/** The content of files that come from the drive, by their path there. */
export type Overlay = ReadonlyMap<string, Uint8Array>;

/** The files and their folders as stage 1 copies them from its initrd into the root; one that is missing is left out. */
export function hostFileEntries(files: readonly HostFile[], overlay: Overlay): CpioEntry[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  return [
    ...[...folders].map((path) => ({ kind: 'directory', path: below(path), mode: folderMode(path) }) as const),
    ...files.flatMap((file) => entryOf(file, overlay)),
  ];
}

function entryOf(file: HostFile, overlay: Overlay): CpioEntry | [] {
  const path = below(file.path);
  if ('target' in file) return { kind: 'symlink', path, target: file.target };
  const bytes = 'text' in file ? utf8(file.text) : overlay.get(file.from);
  return bytes === undefined ? [] : { kind: 'file', path, mode: file.mode, bytes };
}

const below = (path: string): string => `pxen/files${path}`;

/** What lies in root's own folder is nobody else's business (sshd insists on it). */
const folderMode = (path: string): number => (/^\/root(\/|$)/.test(path) ? 0o700 : 0o755);

/** `/a/b/c` lies in ``, `/a` and `/a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return ['', ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}
