import { z } from 'zod';
import { base64, fromBase64 } from '../net/base64.ts';
import { jsonOrNone } from '../net/json.ts';
import type { Keyring } from './open.ts';

/** The keys that `pxen secrets unlock` leaves in RAM for the boot server, as a text. */
const form = z.strictObject({ schema: z.literal('pxen.unlocked/1'), keys: z.record(z.string(), z.string()) });

export const keyringText = (keys: Keyring): string =>
  JSON.stringify({
    schema: 'pxen.unlocked/1',
    keys: Object.fromEntries([...keys].map(([id, key]) => [id, base64(key)])),
  });

/** What is no such text opens nothing. */
export function parseKeyring(text: string): Keyring {
  const parsed = form.safeParse(jsonOrNone(text));
  const entries = Object.entries(parsed.data?.keys ?? {});
  return new Map(
    entries.flatMap(([id, text]): [string, Uint8Array][] => {
      const key = fromBase64(text);
      return key?.length === 32 ? [[id, key]] : [];
    }),
  );
}
