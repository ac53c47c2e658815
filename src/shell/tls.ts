import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/**
 * What a server shows, PEM: a certificate chain for each kind of key that it has, and the keys in the same order. A client gets
 * the one that it can check: boot clients RSA, agents and browsers P-256.
 */
export interface TlsIdentity {
  readonly cert: string[];
  readonly key: string[];
  /** The certificate by which clients may know it; undefined where it was given from outside. */
  readonly authority?: string | undefined;
}

/**
 * TLS as boot clients speak it. iPXE of 2015 to 2022 knows RSA key exchange with AES-CBC and SHA-256, newer ones GCM and ECDHE
 * (src/crypto/mishmash); EDK2 knows RSA and DHE with AES-CBC (TlsLib/TlsConfig.c), newer ones ECDHE. What keeps past
 * traffic secret goes first, and only the server's order counts.
 */
export const TLS_OPTIONS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-AES256-SHA384',
    'DHE-RSA-AES128-GCM-SHA256',
    'DHE-RSA-AES256-GCM-SHA384',
    'DHE-RSA-AES128-SHA256',
    'DHE-RSA-AES256-SHA256',
    'AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
    'AES128-SHA256',
    'AES256-SHA256',
    'AES128-SHA',
    'AES256-SHA',
  ].join(':'),
  dhparam: 'auto',
};

/** Told of clients that do not trust the certificate they were shown. */
export type Distrusted = (from: string, why: string) => void;

/** The alerts with which a client that knows another authority, or none, breaks off (RFC 8446 6.2). */
const DISTRUST = /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED)/;

/** To be called after `connection` is listened to: an address that nobody asked for is forgotten by then. */
export function tellDistrust(server: Server, distrusted: Distrusted | undefined): void {
  server.on('tlsClientError', ({ code = '' }: NodeJS.ErrnoException, socket: Socket) => {
    if (DISTRUST.test(code)) distrusted?.((socket.remoteAddress ?? '').replace('::ffff:', ''), code);
  });
}
