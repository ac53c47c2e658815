import { Failure } from '../src/shell/fail.ts';
import { status, type Status } from '../src/core/api/status.ts';

const PATIENCE_MS = 10_000;

/** host0's status through the operator's way in; undefined while nobody answers there. */
export async function fetchStatus(url: string, signal: AbortSignal): Promise<Status | undefined> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  let body: unknown;
  try {
    const response = await fetch(`${url}/api/v1/status`, { signal: patience, headers: { connection: 'close' } });
    if (!response.ok) return undefined;
    body = await response.json();
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  // An answer of another form is a fault to be seen, not one to be waited out.
  const read = status.safeParse(body);
  if (read.success) return read.data;
  const places = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3);
  throw new Failure(`the status of host0 has not its form: ${places.join('; ')}`, 'See src/core/api/status.ts.');
}
