import { z } from 'zod';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import type { Keyring } from './open.ts';

/** The keys that `pxen secrets unlock` leaves in RAM for the boot server, as a text. */
const form = z.strictObject({ schema: z.literal('pxen.unlocked/1'), keys: z.record(z.string(), z.string()) });

export const keyringText = (keys: Keyring): string =>
  JSON.stringify({
    schema: 'pxen.unlocked/1',
    keys: Object.fromEntries([...keys].map(([id, key]) => [id, toBase64Url(key)])),
  });

/** What is no such text opens nothing. */
export function parseKeyring(text: string): Keyring {
  const parsed = form.safeParse(json(text));
  const entries = Object.entries(parsed.data?.keys ?? {});
  return new Map(
    entries.flatMap(([id, text]): [string, Uint8Array][] => {
      const key = fromBase64Url(text);
      return key?.length === 32 ? [[id, key]] : [];
    }),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half written, or not ours.
    return undefined;
  }
}
