import { connect } from 'node:tls';
import { nodeCrypto, nodeHttps } from './builtin.ts';

/** Milliseconds; a boot server answers from memory. */
const PATIENCE = 10_000;

/**
 * The certificate of the authority that a server shows with its own, PEM; nothing of it is believed yet. Rejects where nobody
 * answers in TLS, and where no authority is shown.
 */
export function shownAuthority(host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Looked at by its fingerprint afterwards, and the next connection is held against it.
  const socket = connect({ host, port, rejectUnauthorized: false, timeout: PATIENCE });
  socket.once('secureConnect', () => {
    let top = socket.getPeerCertificate(true);
    while (top.issuerCertificate !== undefined && top.issuerCertificate.raw !== top.raw) {
      if (top.issuerCertificate.fingerprint256 === top.fingerprint256) break;
      top = top.issuerCertificate;
    }
    const cert = new (nodeCrypto().X509Certificate)(top.raw);
    if (cert.ca) resolve(cert.toString());
    else reject(new Error('the server shows no authority'));
    socket.end();
  });
  socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
  socket.once('error', reject);
  return promise;
}

/** What is asked of a server. */
export interface SecureWish {
  readonly method: string;
  readonly body?: string;
  /** The field Authorization. */
  readonly authorization?: string;
  /** Milliseconds until it counts as away. */
  readonly patience: number;
}

interface SecureAnswer {
  readonly status: number;
  readonly text: string;
}

/** What stands under an https URL, from a server that this authority vouches for. */
export const secureGet = (url: URL, ca: string): Promise<SecureAnswer> =>
  secureAsk(url, ca, { method: 'GET', patience: PATIENCE });

/** Asks a server that this authority vouches for; nothing is sent to another one. */
export function secureAsk(url: URL, ca: string, wish: SecureWish): Promise<SecureAnswer> {
  const { method, body, authorization, patience } = wish;
  const { promise, resolve, reject } = Promise.withResolvers<SecureAnswer>();
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  const options = { ca, method, headers, agent: false as const, timeout: patience };
  const request = nodeHttps().request(url, options, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', reject);
  request.end(body);
  return promise;
}
