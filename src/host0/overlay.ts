import type { HostFile, Overlay } from '../core/boot/hostFiles.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HttpDeps } from './entity.ts';

/** Bytes. A whole initrd is a few tens of MB; what is larger belongs into an image. */
const LARGEST = 16_000_000;

/** The content of files that come from the drive. One that cannot be had is said, and the host boots without it. */
export async function overlayFor(files: readonly HostFile[], mac: Mac, deps: HttpDeps): Promise<Overlay> {
  const found = new Map<string, Uint8Array>();
  for (const from of new Set(files.flatMap((file) => ('from' in file ? file.from : [])))) {
    const bytes = await contentOf(from, deps).catch((error: unknown) => sentenceOf(error));
    if (typeof bytes === 'string') deps.log.say('BOOT_OVERLAY_FILE', { mac, file: from, why: bytes });
    else found.set(from, bytes);
  }
  return found;
}

/** The bytes, or why there are none. */
async function contentOf(from: string, { drive }: HttpDeps): Promise<Uint8Array | string> {
  const info = await drive?.info(from);
  if (drive === undefined || info === undefined) return 'it is not there';
  return info.size > LARGEST ? `it is larger than ${LARGEST} bytes` : drive.bytes(from);
}
