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

/** What stands under an https URL, from a server that this authority vouches for. */
export function secureGet(url: URL, ca: string): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const request = nodeHttps().get(url, { ca, agent: false, timeout: PATIENCE }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', reject);
  return promise;
}
