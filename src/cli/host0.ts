import { main } from '../host0/main.ts';
import type { Call } from './call.ts';

/** `pxen host0`: the boot server of a cluster; ends when it is told to. */
export const run = ({ words }: Call): Promise<number> => main(words);
