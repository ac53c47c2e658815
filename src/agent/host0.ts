import { parseFacts } from '../core/discover/proc.ts';
import { PATHS, type Machine } from './machine.ts';

/** Milliseconds between two looks at whether it serves. */
const LOOK = 500;

type Facts = Readonly<Record<string, string>>;

/** Waits until the boot server of this host serves, and gives what it wrote: who this host is, and its address. */
export async function untilItServes({ files, clock }: Machine): Promise<Facts> {
  for (;;) {
    const facts = parseFacts((await files.read(PATHS.facts)) ?? '');
    if (facts['PXEN_SERVER']) return facts;
    await clock.sleep(LOOK);
  }
}
