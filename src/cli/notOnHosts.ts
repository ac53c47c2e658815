import { Failure } from '../shell/fail.ts';

/**
 * What was thrown while a part of the program was loaded, as a sentence where that part stays at home: a host carries only the
 * rooms it needs (src/build/layer.ts), and its files have no types.
 */
export function notOnHosts(name: string, thrown: unknown, isHost = import.meta.filename.endsWith('.js')): unknown {
  const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND';
  if (!absent || !isHost) return thrown;
  return new Failure(`a host has no pxen ${name}`, 'Run it from a checkout of pxen.', 2, thrown);
}
