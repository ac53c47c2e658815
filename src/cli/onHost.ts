import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { parseFacts } from '../core/discover/proc.ts';
import { realHostFiles } from '../shell/host-files.ts';

/** What this host knows of its boot (docs/boot.md, "Facts of a host"); nothing where it is no host. */
export const bootFacts = async (): Promise<Readonly<Partial<Record<string, string>>>> =>
  parseFacts((await realHostFiles.read(BOOT_FACTS)) ?? '');

/** What a host0 serves from: a copy in RAM of what stands on the drive (docs/boot.md). */
export const IN_RAM = '/run/pxen/drive';
/** What its boot server was begun with; no other host has it. */
export const HOST0 = '/run/pxen/host0.env';
