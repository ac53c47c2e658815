import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { dirname, join } from 'node:path';
import type { Clock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';
import { KEYRING_FILE } from '../shell/keyring.ts';
import type { Log } from '../shell/log.ts';
import type { Host0Arguments } from './arguments.ts';
import { watchClusterFile, type ClusterFile } from './clusterFile.ts';
import type { Commands } from './control.ts';
import type { DriveCare } from './driveCare.ts';
import type { Memory } from './memory.ts';
import { operatorDoor, type OperatorDoor } from './operatorDoor.ts';
import { ownSettings } from './own.ts';
import { ownEntry, type Place, type PlaceDeps } from './place.ts';
import { SecretsInForce } from './secretsFile.ts';
import { Security } from './security.ts';
import type { KeptState } from './state.ts';
import { tlsNames } from './tlsNames.ts';

/** What stands beside the boot server on a host: its keys and secrets, what the drive remembers, and its care. */
export interface Keepers {
  readonly security: Security;
  readonly secrets: SecretsInForce;
  /** Undefined where it was not booted from a drive. */
  readonly care: DriveCare | undefined;
  /** What operators may ask from other machines. */
  readonly operator: OperatorDoor;
  /** Sentences for `pxen status`. */
  readonly warnings: () => readonly string[];
  /** Keeps all of it, until `signal` aborts. */
  keep(signal: AbortSignal): Keeping;
}

interface Keeping {
  readonly watching: Promise<unknown>;
  /** Resolves when another drive has taken the place of the one that is served from. */
  readonly succeeded: Promise<void>;
}

/** What keeping needs of the machine. */
export type KeeperDeps = PlaceDeps & { readonly clock: Clock };

export interface KeptOf {
  readonly file: ClusterFile;
  /** A folder laid out like the drive. */
  readonly drive: Files;
  readonly memory: Memory;
  readonly place: Place;
}

export async function keepersOf(args: Host0Arguments, kept: KeptOf, machine: KeeperDeps): Promise<Keepers> {
  const { clock, log } = machine;
  const { file, memory, place } = kept;
  const security = securityOf(args, file, place, machine);
  const secrets = secretsOf(kept, machine);
  const edited = { file, secrets };
  const commands = async (): Promise<Commands> => memory.commands(edited);
  const care = await careFor(args, machine);
  const selfOf = ownEntry(args, place, machine);
  const own = ownSettings({ dir: args.dir, device: args.device, selfOf }, machine, clock);
  const begun = (signal: AbortSignal) => (state: KeptState | undefined) => void security.begin(state, signal);
  return {
    security,
    secrets,
    care,
    operator: operatorDoor({ cluster: file.current, secrets: secrets.current, commands, clock, log }),
    warnings: () => [file, memory, security, secrets, care, own].flatMap((one) => one?.warnings() ?? []),
    keep(signal) {
      const { promise: succeeded, resolve } = Promise.withResolvers<void>();
      const watching = [
        watchClusterFile(file, clock, log, signal),
        memory.keep(edited, place.own, signal, begun(signal)),
        secrets.watch(clock, signal),
        ...(care === undefined ? [] : [care.keep(clock, signal).then((isOver) => isOver && resolve())]),
        ...(args.facts === BOOT_FACTS ? [own.keep(file, signal)] : []),
        ...(args.facts === undefined ? [] : [control(args.facts, commands, log, signal)]),
      ];
      return { watching: Promise.all(watching), succeeded };
    },
  };
}

/** A host was booted from a drive that udev names; elsewhere the drive is whatever the call says. */
const isOnDrive = ({ facts, device }: Host0Arguments): boolean =>
  facts === BOOT_FACTS && device?.startsWith('/dev/disk/by-uuid/') === true;

/** With the drive that is in force among those that are plugged in. Nearly always there is one only. */
export async function withDriveInForce(args: Host0Arguments, machine: PlaceDeps): Promise<Host0Arguments> {
  const { device, release, dir } = args;
  if (!isOnDrive(args) || device === undefined) return args;
  const { drivesPlugged } = await import('../shell/plugged.ts');
  const isAlone = (await drivesPlugged(machine.files)()).every(({ volume }) => device.endsWith(`/${volume}`));
  if (isAlone) return args;
  const { deviceInForce } = await import('./driveCare.ts');
  return { ...args, device: await deviceInForce(device, release, dir, machine) };
}

async function careFor(args: Host0Arguments, machine: PlaceDeps): Promise<DriveCare | undefined> {
  if (!isOnDrive(args) || args.device === undefined) return undefined;
  const { careOf } = await import('./driveCare.ts');
  return careOf(args.device, args.dir, machine, (line) => void sayOnConsole(machine.files, `pxen: ${line}`));
}

const secretsOf = ({ drive: files, file, memory }: KeptOf, deps: PlaceDeps): SecretsInForce =>
  new SecretsInForce({
    files,
    cluster: file.current,
    unlocked: () => deps.files.read(KEYRING_FILE),
    remembered: memory.secrets,
    log: deps.log,
  });

function securityOf({ journal, facts }: Host0Arguments, file: ClusterFile, place: Place, deps: KeeperDeps): Security {
  const { files, log, clock } = deps;
  const names = () => tlsNames([place], file.current());
  const folder = join(dirname(journal), 'keys');
  return new Security({ cluster: file.current, names, folder, facts, clock, files, log });
}

/** Commands on this host change the drive's files through it; machines boot without that as well. */
async function control(facts: string, commands: () => Promise<Commands>, log: Log, signal: AbortSignal): Promise<void> {
  const [{ serveControl }, { controlAt, controlOf }] = await Promise.all([
    import('../shell/control.ts'),
    import('./control.ts'),
  ]);
  const open = serveControl(controlAt(facts), controlOf(commands), signal);
  await open.catch((error: unknown) => log.say('STATE_NO_CONTROL', { why: sentenceOf(error) }));
}
