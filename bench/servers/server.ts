import type { Bed } from '../bed.ts';
import type { Running } from '../process.ts';

/** A program that serves, ours or a peer. */
export interface Server {
  readonly name: string;
  readonly version: string;
  /** Starts it on a bed, where it becomes `bed.server`; what it remembered there is forgotten. */
  start(bed: Bed): Promise<Running>;
}

/** Starts a server anew on its bed. */
export async function restart(server: Server, bed: Bed): Promise<Running> {
  await bed.server?.stop();
  return (bed.server = await server.start(bed));
}
