import { resolve } from 'node:path';
import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { parseFacts } from '../core/discover/proc.ts';
import { CONTROL } from '../shell/control.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { isThere } from '../shell/isThere.ts';

/** What this host knows of its boot (docs/boot.md, "Facts of a host"); nothing where it is no host. */
export const bootFacts = async (): Promise<Readonly<Partial<Record<string, string>>>> =>
  parseFacts((await realHostFiles.read(BOOT_FACTS)) ?? '');

/** What a host0 serves from: a copy in RAM of what stands on the drive (docs/boot.md). */
export const IN_RAM = '/run/pxen/drive';
/** What its boot server was begun with; no other host has it. */
const HOST0 = '/run/pxen/host0.env';

/**
 * The socket of the boot server that a verb is about: on host0 where no file was named, or a part of its copy. Undefined where it is
 * about a file.
 */
export async function controlFor(word: string | undefined): Promise<string | undefined> {
  const isCopy = word !== undefined && `${resolve(word)}/`.startsWith(`${IN_RAM}/`);
  if (word !== undefined && !isCopy) return undefined;
  const control = process.env['PXEN_CONTROL'] ?? CONTROL;
  return (await isThere(HOST0)) || (await isThere(control)) ? control : undefined;
}
