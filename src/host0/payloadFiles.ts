import { answer, sentenceOfAnswer } from '../core/boot/answer.ts';
import { memoryProblem } from '../core/boot/memory.ts';
import { nodeFile } from '../core/boot/nodeFile.ts';
import { filesOf, type Profile } from '../core/boot/profile.ts';
import { HANDED_OVER } from '../core/boot/timeline.ts';
import { chosen, profileIn } from '../core/boot/wish.ts';
import { parseMac } from '../core/net/mac.ts';
import type { HttpAnswer, HttpRequest } from '../shell/http.ts';
import { NO_RELEASE, noReleaseText } from './drive.ts';
import { releaseFile, text, type HttpDeps } from './entity.ts';

/** The files of payloads that are not pxen's own: they go by the machine's name, so that its steps are known. */

/** `GET /node/<mac>/kernel`, `/initrd0`, ...: what the machine's profile names. */
export async function payloadFile(
  request: HttpRequest,
  [, name = '', file = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const given = answer({ protocol: 'script', mac: parseMac(name) }, deps.policy({ mac: parseMac(name) }));
  if (given.kind !== 'script') return text(403, sentenceOfAnswer(given));
  const { mac } = given;
  const wish = chosen(deps.machine(mac).wish, request.query.get('profile'));
  const profile = wish.kind === 'ask' ? undefined : profileIn(wish);
  const files = linuxFiles(profile);
  const index = file === 'kernel' ? 0 : Number(file.slice('initrd'.length)) + 1;
  const path = files[index];
  if (profile === undefined || path === undefined) return text(404, `the profile of ${mac} has no ${file}`);
  const found = await releaseFile(path, deps);
  if (found.kind !== 'entity') return text(404, `boot/${path} is not there`);
  const step = index === 0 ? 'kernel' : 'initrd';
  return {
    ...found,
    sent: (bytes, complete) => {
      if (!complete) return deps.fetched(mac, request.from, `${step} broke off`, `${path}, ${bytes} bytes`);
      for (const [name, detail] of payloadSteps(path, bytes, profile)) deps.fetched(mac, request.from, name, detail);
    },
  };
}

const linuxFiles = (profile: Profile | undefined): readonly string[] =>
  profile?.payload.kind === 'linux' ? filesOf(profile.payload) : [];

/** The steps of a boot that fetching a whole file is for a machine of this profile; none where it is no file of its payload. */
export function payloadSteps(path: string, bytes: number, profile: Profile | undefined): [string, string][] {
  const files = linuxFiles(profile);
  const part = nodeFile(path)?.part;
  const index = part === undefined ? files.indexOf(path) : part === 'kernel' ? 0 : files.length - 1;
  if (profile === undefined || index < 0) return [];
  const fetched: [string, string] = [index === 0 ? 'kernel' : 'initrd', `${path}, ${bytes} bytes`];
  return index === files.length - 1 ? [fetched, [HANDED_OVER, `to profile ${profile.name}`]] : [fetched];
}

/** Why a machine cannot be given a profile's files: one is missing, or its memory cannot hold them. */
export async function payloadProblem(
  { payload, name }: Profile,
  request: HttpRequest,
  { files, release }: HttpDeps,
): Promise<string | undefined> {
  if (payload.kind === 'xen' && release === NO_RELEASE) return `profile ${name}: ${noReleaseText}`;
  const sizes: number[] = [];
  for (const path of filesOf(payload)) {
    const info = await files.info(path);
    if (info === undefined) return `boot/${path} of profile ${name} is not on the boot server`;
    sizes.push(info.size);
  }
  if (payload.kind !== 'linux') return undefined;
  const [kernel = 0, ...initrds] = sizes;
  return memoryProblem(
    { platform: request.query.get('platform'), megabytes: Number(request.query.get('memory')) },
    kernel,
    initrds.reduce((sum, size) => sum + size, 0),
  );
}
