import { z } from 'zod';

const pem = z.string().startsWith('-----BEGIN ').max(8000);

/**
 * The keys by which a cluster's server is known, PEM: its authority, which is all that clients are given, and the server's own
 * two. Certificates of the server are made of them at each start, for the addresses that it then has.
 */
export const trustShape = z.strictObject({
  authority: z.strictObject({ cert: pem, key: pem }),
  /** RSA-2048, which every boot client can check; and P-256 for all others. */
  server: z.strictObject({ rsa: pem, ec: pem }),
});
export type Trust = z.infer<typeof trustShape>;
