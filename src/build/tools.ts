import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import { EPOCH, ROOTS } from '../core/image/recipe/packages.ts';
import { run, type RunOptions, type RunResult } from '../shell/run.ts';
import { pieceOf, type Plan } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { checkNamespaces } from './namespaces.ts';

/** Runs commands inside the tools root. Paths of the machine appear in there below `/work`, by the mounts that are given. */
export interface Tools {
  readonly key: string;
  run(command: readonly string[], mounts: Readonly<Record<string, string>>, options?: RunOptions): Promise<RunResult>;
}

/**
 * A pinned Debian 13 root of tools: `tools` holds all that images are built by, others the compilers of loaders. Only mmdebstrap
 * and dpkg of the machine touch it.
 */
export function toolsPlan(lock: Lock, name = 'tools'): Plan {
  const packages = packagesOf(lock, name);
  return {
    name,
    inputs: ['recipe tools 1', ...packageLines(packages)],
    room: name === 'tools' ? 0.5e9 : 1.2e9,
    make: async (fresh, tell) => {
      await checkNamespaces(run);
      await fetchDebs(packages, tell);
      tell(`unpacking the ${name === 'tools' ? 'tools' : 'compiler'} that the build uses`);
      await repository(lock, [name], join(fresh, 'repository'));
      await bootstrap(fresh, ROOTS[name] ?? []);
    },
  };
}

/** The tools of a root that stands, or will stand, by its plan. */
export function toolsOf(plan: Plan): Tools {
  const { folder, key } = pieceOf(plan);
  const root = join(folder, 'root');
  return {
    key,
    run: (command, mounts, options) => run(inside(root, [...CLEAN, ...command], mounts), options),
  };
}

/** All that programs inside know of the outside: a zone, a language or a packer's settings would change bytes. */
const ENVIRONMENT = {
  SOURCE_DATE_EPOCH: String(EPOCH),
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/',
};

const CLEAN = ['env', '-i', ...Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`)];

async function bootstrap(fresh: string, packages: readonly string[]): Promise<void> {
  const include = packages.join(',');
  const source = `deb [trusted=yes] copy:${fresh}/repository ./`;
  const flags = ['--variant=essential', '--format=directory', `--include=${include}`];
  await run(asRoot(['mmdebstrap', ...flags, '', `${fresh}/root`, source]), {
    env: { SOURCE_DATE_EPOCH: String(EPOCH), TZ: 'UTC' },
  });
  // What belongs to another of an ordinary user's ids he could neither read nor remove.
  await run(asRoot(['chown', '-R', '0:0', `${fresh}/root`]));
  await mkdir(join(fresh, 'root', 'work'), { recursive: true });
}

/** Root as it is, or root of a user namespace with the user's own range of ids (subuid(5)). */
function asRoot(command: readonly string[]): string[] {
  return process.getuid?.() === 0 ? [...command] : ['unshare', '--map-auto', '--map-root-user', '--mount', ...command];
}

/** A command in the root, in mount and process namespaces that end with it: nothing stays mounted. */
function inside(root: string, command: readonly string[], mounts: Readonly<Record<string, string>>): string[] {
  const lines = [
    'set -e',
    'mount -t tmpfs -o mode=755 tmpfs "$0/work"',
    'mount --rbind /dev "$0/dev"',
    'mount -t proc proc "$0/proc"',
  ];
  for (const [name, path] of Object.entries(mounts)) {
    lines.push(`mkdir "$0/work/${name}"`, `mount --bind '${path}' "$0/work/${name}"`);
  }
  const script = [...lines, 'exec chroot "$0" "$@"'].join('\n');
  return asRoot(['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, root, ...command]);
}
