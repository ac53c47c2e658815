import { z } from 'zod';

/** 32 bytes in base64. */
const bytes32 = z.string().length(44);

/** SSH host keys by the UUID of their host, in one of its two forms (`canonicalUuid`). */
export const hostKeysShape = z.array(z.strictObject({ uuid: z.string().max(64), seed: bytes32, publicKey: bytes32 }));
export type HostKeys = z.infer<typeof hostKeysShape>;
