import { Failure } from '../shell/fail.ts';
import type { Run } from '../shell/run.ts';

/** The person who builds. */
interface Builder {
  readonly isRoot: boolean;
  readonly name: string;
}

const thisUser = (): Builder => ({ isRoot: process.getuid?.() === 0, name: process.env['USER'] ?? '$USER' });

/**
 * Fails with a sentence where an ordinary user cannot be root of a user namespace (user_namespaces(7)) with a range of ids
 * (subuid(5)); roots are unpacked in one. The first question makes no helper process: where namespaces are forbidden, that of
 * `unshare --map-auto` (util-linux 2.41) would wait for ever, with the output held open.
 */
export async function checkNamespaces(run: Run, user = thisUser()): Promise<void> {
  if (user.isRoot) return;
  const forbidden = await whyNot(run, ['unshare', '--map-root-user', '--mount', ...MOUNT]);
  if (forbidden !== undefined) {
    throw new Failure(
      `the build needs user namespaces, and an ordinary user has none here: ${forbidden}`,
      'Run this as root (sudo). Or allow them, as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), ' +
        'sysctl kernel.unprivileged_userns_clone=1 (Debian); in a chroot or container they may be out of reach.',
    );
  }
  const noRange = await whyNot(run, ['unshare', '--map-auto', '--map-root-user', 'true']);
  if (noRange === undefined) return;
  const range = '100000-165535';
  throw new Failure(
    `the build needs a range of user ids for ${user.name}: ${noRange}`,
    `As root: usermod --add-subuids ${range} --add-subgids ${range} ${user.name}.`,
  );
}

/** A mount as mmdebstrap and the build make them: where AppArmor takes a namespace's rights away, this is what fails. */
const MOUNT = ['mount', '-t', 'tmpfs', 'tmpfs', '/tmp'];

async function whyNot(run: Run, command: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await run(command, { accept: [...Array(256).keys()] });
  return code === 0 ? undefined : (stderr.trim().split('\n')[0] ?? `exit code ${code}`);
}
