import { linuxArguments, type Machine } from '../core/boot/machine.ts';
import { madePath } from '../core/boot/madePath.ts';
import { profileIn } from '../core/boot/wish.ts';
import { autoexecScript } from '../core/boot/script/asking.ts';
import { bootScript } from '../core/boot/script/bootScript.ts';
import { grubConfig } from '../core/boot/script/grub.ts';
import { pxelinuxConfig } from '../core/boot/script/pxelinux.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Mac } from '../core/net/mac.ts';
import { utf8 } from '../core/net/text.ts';
import type { Files } from '../shell/files.ts';

/** What is needed to make the files that loaders look for by themselves. */
export interface MadeDeps {
  /** The drive's `boot/`. */
  readonly files: Files;
  readonly base: string;
  readonly cluster: () => Cluster;
  readonly machine: (mac: Mac) => Machine;
}

/** What GRUB asks for by the network is on every drive, for the machine that boots from it; such a drive is known by what stands beside it. */
const DRIVES_OWN = { path: 'grub/grub.cfg', beside: 'grub/host0.env' } as const;

/**
 * The bytes of a file that is made for the machine that asks; undefined for every other. A file of that very name that a
 * person put there goes before it.
 */
export async function madeFile(path: string, mac: Mac | undefined, deps: MadeDeps): Promise<Uint8Array | undefined> {
  const meant = madePath(path);
  if (meant === undefined || (await isPut(path, deps))) return undefined;
  switch (meant.kind) {
    case 'autoexec':
      return utf8(autoexecScript(deps.base, mac));
    case 'boot script':
      return bootScript();
    case 'pxelinux':
      return configFor(meant.mac ?? mac, deps);
    case 'grub':
      return grubFor(meant.mac ?? mac, deps);
    case 'alias':
      return (await deps.files.info(meant.path)) === undefined ? undefined : deps.files.bytes(meant.path);
  }
}

async function isPut(path: string, { files }: MadeDeps): Promise<boolean> {
  if ((await files.info(path)) === undefined) return false;
  return path !== DRIVES_OWN.path || (await files.info(DRIVES_OWN.beside)) === undefined;
}

/** A machine, the profile that files are made for, and the arguments of its Linux. */
function bootOf(mac: Mac | undefined, { machine, cluster }: MadeDeps) {
  const who = mac === undefined ? undefined : machine(mac);
  const profile = who && profileIn(who.wish);
  if (who === undefined || profile === undefined) return undefined;
  const { payload, console } = profile;
  const args = payload.kind === 'linux' ? linuxArguments(cluster(), who, payload.args, console) : [];
  return { who, profile, args };
}

function configFor(mac: Mac | undefined, deps: MadeDeps): Uint8Array | undefined {
  const boot = bootOf(mac, deps);
  return boot && utf8(pxelinuxConfig(boot.who.mac, boot.profile, boot.args));
}

function grubFor(mac: Mac | undefined, deps: MadeDeps): Uint8Array | undefined {
  const boot = bootOf(mac, deps);
  if (boot === undefined) return undefined;
  const { who, profile, args } = boot;
  return utf8(grubConfig({ name: who.name, mac: who.mac, base: deps.base, profile, args }));
}
