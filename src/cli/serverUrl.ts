import { Failure } from '../shell/fail.ts';

/** A path on the server that a person named; a bare address is taken for an https URL. */
export function serverUrl(server: string, path: string): URL {
  const base = URL.parse(server.includes('://') ? server : `https://${server}`);
  if (base !== null && /^https?:$/.test(base.protocol)) return new URL(path, base);
  throw new Failure(`${server} is no URL`, 'Write it like 10.1.2.3, or http://10.1.2.3 to ask without TLS.', 2);
}
