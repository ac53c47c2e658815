import { argumentsFor } from '../core/boot/machine.ts';
import { ownBlockText, ownId, ownIdIn, readOwnBlock, whyNotOwn, type OwnBoot } from '../core/boot/ownBlock.ts';
import { profileNamed } from '../core/boot/profile.ts';
import { LINUX_ARGS, XEN_ARGS } from '../core/boot/arguments.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { settingsFor, valuesOf, type HostSettings } from '../core/cluster/settings.ts';
import type { Selectable } from '../core/cluster/selector.ts';
import { OWN_BLOCK } from '../core/image/layout.ts';
import { cString, utf8 } from '../core/net/text.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HostFiles } from '../shell/host-files.ts';
import type { Log } from '../shell/log.ts';
import type { Files } from '../shell/files.ts';
import type { Slots } from '../shell/slots.ts';
import { packageLayersFor } from './packageLayers.ts';

/** What this host's boot from the drive is looked at with. */
export interface OwnBootDeps {
  readonly files: HostFiles;
  readonly log: Log;
  /** The block on the drive. */
  readonly block: Slots;
  /** Path of the block among what this host has of the drive in memory; a new drive is made from that (`pxen drive replace`). */
  readonly copy: string;
  /** The drive's `boot/`. */
  readonly boot: Files;
}

export interface OwnBootKept {
  /** A sentence for `pxen status`; undefined where there is nothing to say. */
  readonly warning: string | undefined;
  /** The drive could not be read or written: to be tried again. */
  readonly again: boolean;
}

/**
 * Sees to it that the drive gives this host what cluster.yaml sets for its boot: arguments of Xen and Linux, and packages. That can
 * only be at its next boot, so what differs is said.
 */
export async function keepOwnBoot(cluster: Cluster, host: Selectable, deps: OwnBootDeps): Promise<OwnBootKept> {
  const settings = settingsFor(host, cluster);
  const own = await ownBootOf(cluster, settings, deps);
  const what = whatIsSet(settings);
  const why = own === undefined ? undefined : whyNotOwn(own);
  if (why !== undefined) return { warning: unkept(what, why, deps), again: false };
  try {
    return { warning: await compare(own, what, deps), again: false };
  } catch (error) {
    return { warning: unkept(what, sentenceOf(error), deps), again: true };
  }
}

/** Undefined where nothing is set. */
async function ownBootOf(
  cluster: Cluster,
  settings: HostSettings,
  { files, boot, log }: OwnBootDeps,
): Promise<OwnBoot | undefined> {
  const layers = await packageLayersFor(valuesOf(settings.packages), 'this host', { files: boot, log });
  const { xen, linux } = argumentsFor(settings, profileNamed(cluster, 'xen')?.console);
  const isPlain = xen.join(' ') === XEN_ARGS.join(' ') && linux.join(' ') === LINUX_ARGS.join(' ');
  if (isPlain && layers.length === 0) return undefined;
  const board = ((await files.read('/sys/class/dmi/id/product_uuid')) ?? '').trim().toLowerCase();
  return { board, xen, linux, layers: layers.map(({ name }) => name) };
}

const whatIsSet = ({ xenArgs, kernelArgs, packages }: HostSettings): string =>
  [
    ...valuesOf(xenArgs).map((argument) => `xenArgs ${argument}`),
    ...valuesOf(kernelArgs).map((argument) => `kernelArgs ${argument}`),
    ...valuesOf(packages).map((name) => `package ${name}`),
  ].join(', ') || 'nothing';

/** What the block holds, and what this boot was given, against what is wanted. */
async function compare(own: OwnBoot | undefined, what: string, deps: OwnBootDeps): Promise<string | undefined> {
  const wanted = own === undefined ? '' : ownId(own);
  const isGiven = ownIdIn((await deps.files.read('/proc/cmdline')) ?? '') === wanted;
  const present = readOwnBlock(cString(await deps.block.read(OWN_BLOCK)));
  const isThere = present?.id === wanted && (own === undefined || present.board === own.board);
  // This host is up: with what it was given the loader need not count any more.
  if (!isThere || (isGiven && present.trial !== 'y')) {
    const text = ownBlockText(own, isGiven ? 'y' : '2');
    await deps.files.write(deps.copy, text);
    await deps.block.write(OWN_BLOCK, 0, utf8(text));
  }
  if (isGiven) return undefined;
  return isThere && present.trial === '0' ? failed(what, deps) : next(what, deps);
}

function failed(what: string, { log }: OwnBootDeps): string {
  log.say('BOOT_OWN_FAILED', { what });
  return `host0 runs without what cluster.yaml sets for it (${what}): twice it did not come up with that`;
}

function next(what: string, { log }: OwnBootDeps): string {
  log.say('BOOT_OWN_NEXT', { what });
  return `what cluster.yaml sets for host0 holds from its next boot on: ${what}`;
}

function unkept(what: string, why: string, { log }: OwnBootDeps): string {
  log.say('BOOT_OWN_UNKEPT', { what, why });
  return `what cluster.yaml sets for host0 (${what}) could not be put onto the drive: ${why}`;
}
