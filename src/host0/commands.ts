import { join } from 'node:path';
import { clusterFileAmong, secretsFileAmong } from '../core/cluster/candidates.ts';
import { wallTime } from '../shell/clock.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import type { Commands } from './control.ts';
import type { Edited } from './memory.ts';
import type { PlaceDeps } from './place.ts';
import { SecretsWishes } from './secretsWishes.ts';
import type { KeptState } from './state.ts';
import { Wishes } from './wishes.ts';

/** What commands need of the machine. `dir`: the folder that it serves from. */
type CommandDeps = PlaceDeps & { readonly dir: string };

/** Changes of the drive's files by command. */
export async function commandsOn(
  drive: DriveFiles,
  state: () => KeptState | undefined,
  { file, secrets }: Edited,
  deps: CommandDeps,
): Promise<Commands> {
  const common = { drive, state, now: wallTime, log: deps.log };
  const keepCluster = (name: string, text: string): Promise<void> =>
    copyTo(name, text, undefined, (names) => clusterFileAmong(names).name, deps);
  const keepSecrets = (name: string, text: string | undefined): Promise<void> =>
    copyTo(name, text, 0o600, secretsFileAmong, deps);
  const copied = secretsFileAmong(await deps.files.list(deps.dir));
  const copy = copied === undefined ? undefined : await deps.files.read(join(deps.dir, copied));
  return {
    wishes: new Wishes({ ...common, file, keepCopy: keepCluster }),
    secrets: new SecretsWishes({ ...common, secrets, cluster: file.current, keepCopy: keepSecrets }, copy),
  };
}

/** What would be read in place of it, by a name that the file had before, is taken away; where it is gone, every one is. */
async function copyTo(
  name: string,
  text: string | undefined,
  mode: number | undefined,
  among: (names: readonly string[]) => string | undefined,
  { dir, files, run }: CommandDeps,
): Promise<void> {
  if (text !== undefined) await files.write(join(dir, name), text, mode);
  const names = await files.list(dir);
  const read = text === undefined ? names.filter((one) => among([one]) !== undefined) : [among(names) ?? name];
  for (const other of read) if (text === undefined || other !== name) await run(['rm', '-f', join(dir, other)]);
}
