import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, fileReason, sentenceOf } from '../shell/fail.ts';
import { shownAuthority } from '../shell/secureGet.ts';
import { fingerprintOf } from '../shell/tlsMake.ts';
import type { Call } from './call.ts';

/** A line for each server that was asked: `address:port SHA256:...`, as ssh's known_hosts. */
const knownServers = (): string =>
  join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'pxen', 'known_servers');

/** What `pxen status` is told to go by. */
export type TrustWishes = Pick<Call, 'values'>;

/**
 * The authority to hold a server against: the file of `--ca`; else what it shows, if that has the fingerprint that was given, or
 * the one that it had before. The first time it is believed, said, and kept; but not where it is to be `known`, for what is said to
 * it then is secret. Throws Failure where it is another one.
 */
export async function authorityFor({ hostname, port }: URL, { values }: TrustWishes, must?: 'known'): Promise<string> {
  if (values['ca'] !== undefined) return textOfCa(values['ca']);
  const cert = await shownAuthority(hostname, Number(port || 443));
  const shown = fingerprintOf(cert);
  if (values['fingerprint'] !== undefined) {
    if (shown === values['fingerprint']) return cert;
    throw stranger(`${hostname} shows the authority ${shown}, not that of --fingerprint`);
  }
  await rememberOrRefuse(`${hostname}:${port || 443}`, shown, must);
  return cert;
}

async function rememberOrRefuse(server: string, shown: string, must: 'known' | undefined): Promise<void> {
  const file = knownServers();
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const known = lines.find((line) => line.startsWith(`${server} `))?.split(' ')[1];
  if (known === shown) return;
  if (known !== undefined)
    throw stranger(
      `${server} shows the authority ${shown}, and showed ${known} before (${file})`,
      ` Then take its line out of ${file}.`,
    );
  if (must === 'known') {
    const what = `${server} was never asked from here; it shows the authority ${shown}, and a token is not sent to a stranger`;
    throw new Failure(what, `If host0 shows the same on its console, give it with --fingerprint ${shown}.`);
  }
  const say = (text: string): boolean => process.stderr.write(`${text}\n`);
  say(`${server} is asked for the first time; its authority is ${shown}. host0 shows the same on its console.`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${server} ${shown}\n`);
  } catch (error) {
    say(`It could not be kept in ${file}: ${sentenceOf(error)}`);
  }
}

const stranger = (sentence: string, more = ''): Failure =>
  new Failure(sentence, `Somebody else may be answering. host0 shows the right one on its console.${more}`);

const textOfCa = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure(`${file} cannot be read: ${fileReason(cause)}`, 'Name the certificate of the authority, PEM.', 2);
  });
