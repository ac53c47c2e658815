import { OPERATOR } from '../core/api/service.ts';
import { apiError } from '../core/api/wish.ts';
import { jsonOrNone } from '../core/net/json.ts';
import { isToken, NO_TOKEN } from '../core/secrets/token.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { secureAsk } from '../shell/secureGet.ts';
import { answerIn, type Ask } from './ask.ts';
import type { Call } from './call.ts';
import { textOfFile } from './clusterFile.ts';
import { authorityFor } from './serverTrust.ts';
import { serverUrl } from './serverUrl.ts';

/** Milliseconds that a stick may take over a wish. */
const PATIENCE = 120_000;

/** A boot server that is elsewhere, asked with the operator's token. */
export async function askServer(server: string, values: Call['values']): Promise<Ask> {
  if (values['file'] !== undefined) {
    throw new Failure('--server and --file name two places', 'Give one of them.', 2);
  }
  const base = serverUrl(server, '/');
  if (base.protocol !== 'https:')
    throw new Failure('a token is sent over HTTPS only', `Write https://${base.host}.`, 2);
  const token = await tokenOf(values);
  const ca = await authorityFor(base, { values }, 'known').catch((error: unknown) => {
    throw unreached(base, error);
  });
  return async (method, path, body) => {
    const wish = {
      method,
      authorization: `Bearer ${token}`,
      patience: PATIENCE,
      ...(body === undefined ? {} : { body }),
    };
    const { status, text } = await secureAsk(new URL(OPERATOR + path, base), ca, wish).catch((error: unknown) => {
      throw unreached(base, error);
    });
    const { data } = apiError.safeParse(jsonOrNone(text));
    if (data !== undefined) throw new Failure(`${base.host} refuses: ${data.error}`, REMEDIES[status] ?? SEE_LOG);
    return answerIn({ status, body: text }, base.host);
  };
}

const SEE_LOG = 'See the log of host0.';
const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Compare it with the entry that access.operatorToken names: pxen secrets show NAME --reveal on host0.',
  403: 'Do what the sentence says on host0 itself.',
  404: 'Use the pxen of the release that it runs.',
  429: 'Wait, and look at the token meanwhile.',
};

const unreached = (base: URL, error: unknown): Failure =>
  error instanceof Failure
    ? error
    : new Failure(
        `${base.host} cannot be asked: ${sentenceOf(error)}`,
        'Is host0 up, and is this its address?',
        1,
        error,
      );

/** From the file of `--token-file`, else from the environment: what stands in a call is seen by everybody on the machine. */
async function tokenOf(values: Call['values']): Promise<string> {
  const file = values['token-file'];
  const token = (file === undefined ? process.env['PXEN_TOKEN'] : await textOfFile(file))?.trim();
  const from = file ?? 'PXEN_TOKEN';
  if (!token) throw new Failure(`${from} holds no token`, 'Name the file that holds it: --token-file FILE.', 2);
  if (!isToken(token)) throw new Failure(`what ${from} holds is ${NO_TOKEN}`, 'See docs/state-files.md.', 2);
  return token;
}
