import { readFile } from 'node:fs/promises';
import { status, type Status } from '../core/api/status.ts';
import { statusText } from '../core/inventory/statusText.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Call } from './call.ts';

/** What stage 1 leaves on a host (docs/boot.md). */
const BOOT_FACTS = '/run/pxen/boot.env';
/** Milliseconds; the server answers from memory. */
const TIMEOUT = 10_000;

/** `pxen status`: what the cluster's boot server says of it. */
export async function run({ switches, values }: Call): Promise<number> {
  const seen = await askStatus(values['server'] ?? (await serverOfThisHost()));
  process.stdout.write(switches.has('json') ? `${JSON.stringify(seen, undefined, 2)}\n` : statusText(seen));
  return 0;
}

/** The boot server that this machine booted from; undefined where it is no host. */
export async function bootServer(): Promise<string | undefined> {
  const facts = await readFile(BOOT_FACTS, 'utf8').catch(() => '');
  const address = /^PXEN_SERVER='([^']+)'/m.exec(facts)?.[1];
  return address === undefined ? undefined : `http://${address}`;
}

async function serverOfThisHost(): Promise<string> {
  const server = await bootServer();
  if (server !== undefined) return server;
  throw new Failure('this is no host of a cluster', 'Say which boot server to ask: --server http://10.1.2.3.', 2);
}

/** Throws a Failure where the server gives no status. */
export async function askStatus(server: string): Promise<Status> {
  const url = statusUrl(server);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    return status.parse(await answer.json());
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    const sentence = `${url.href} gives no status: ${sentenceOf(cause).split('\n', 1)[0]}`;
    throw new Failure(sentence, 'Is host0 up, and is this the address of its boot server?', 1, thrown);
  }
}

/** A bare address is taken for an http URL. */
function statusUrl(server: string): URL {
  const base = URL.parse(server.includes('://') ? server : `http://${server}`);
  if (base !== null && /^https?:$/.test(base.protocol)) return new URL('/api/v1/status', base);
  throw new Failure(`${server} is no URL`, 'Write it like http://10.1.2.3.', 2);
}
