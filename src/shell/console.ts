import type { HostFiles } from './host-files.ts';

/** Says a line on the console, which is the serial line of most machines. A host without one misses nothing. */
export async function sayOnConsole(files: Pick<HostFiles, 'poke'>, line: string): Promise<void> {
  await files.poke('/dev/console', `${line}\n`).catch(() => undefined);
}
