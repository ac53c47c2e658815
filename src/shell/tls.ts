import type { SecureContextOptions } from 'node:tls';

/** A certificate chain and its key, both PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
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
