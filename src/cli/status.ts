import { status, type Status } from '../core/api/status.ts';
import { AUTHORITY } from '../core/boot/hostPaths.ts';
import { statusText } from '../core/inventory/statusText.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { secureGet } from '../shell/secureGet.ts';
import type { Call } from './call.ts';
import { bootFacts } from './onHost.ts';
import { authorityFor } from './serverTrust.ts';
import { serverUrl } from './serverUrl.ts';

const STATUS = '/api/v1/status';
/** Milliseconds; the server answers from memory. */
const TIMEOUT = 10_000;

/** `pxen status`: what the cluster's boot server says of it. */
export async function run(call: Call): Promise<number> {
  const seen = await statusOf(call);
  process.stdout.write(call.switches.has('json') ? `${JSON.stringify(seen, undefined, 2)}\n` : statusText(seen));
  return 0;
}

/** Of the server that `--server` names, else of this host's. Throws a Failure where it gives none. */
export function statusOf({ values, switches, words }: Call): Promise<Status> {
  const { server } = values;
  return server === undefined ? ofThisHost() : ask(serverUrl(server, STATUS), { values, switches, words });
}

/** The boot server that this machine booted from; undefined where it is no host. */
export const bootServer = async (): Promise<string | undefined> => (await bootFacts())['PXEN_SERVER'] || undefined;

/** On a host the authority came with its boot. */
async function ofThisHost(): Promise<Status> {
  const address = await bootServer();
  if (address === undefined)
    throw new Failure('this is no host of a cluster', 'Say which boot server to ask: --server 10.1.2.3.', 2);
  const hasCa = await isThere(AUTHORITY);
  const call = { words: [], switches: new Set<string>(), values: hasCa ? { ca: AUTHORITY } : {} };
  return ask(serverUrl(hasCa ? address : `http://${address}`, STATUS), call);
}

async function ask(url: URL, call: Call): Promise<Status> {
  try {
    return status.parse(url.protocol === 'https:' ? await askSecurely(url, call) : await askPlainly(url));
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    const sentence = `${url.href} gives no status: ${sentenceOf(cause).split('\n', 1)[0]}`;
    throw new Failure(sentence, 'Is host0 up, and is this the address of its boot server?', 1, thrown);
  }
}

async function askPlainly(url: URL): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
  return answer.json();
}

async function askSecurely(url: URL, call: Call): Promise<unknown> {
  const answer = await secureGet(url, await authorityFor(url, call));
  if (answer.status !== 200) throw new Error(`HTTP status ${answer.status}`);
  return JSON.parse(answer.text);
}
