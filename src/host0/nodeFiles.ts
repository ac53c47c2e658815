import { answer, sentenceOfAnswer } from '../core/boot/answer.ts';
import { factsCpio } from '../core/boot/facts.ts';
import type { Part } from '../core/boot/http-reply.ts';
import { hardwareIn } from '../core/boot/hardware.ts';
import { hostFiles } from '../core/boot/hostFiles.ts';
import { selectableOf } from '../core/cluster/pools.ts';
import { packagesOf } from '../core/cluster/settings.ts';
import { bootArguments, type Marks } from '../core/boot/machine.ts';
import { microcodeFor } from '../core/boot/microcode.ts';
import type { Profile } from '../core/boot/profile.ts';
import { problemScript } from '../core/boot/script/asking.ts';
import { scriptFor } from '../core/boot/script/render.ts';
import { plainScriptUrl } from '../core/boot/script/url.ts';
import { HANDED_OVER } from '../core/boot/timeline.ts';
import { chosen, profileIn, type Wish } from '../core/boot/wish.ts';
import { xenConfig } from '../core/boot/xen-config.ts';
import { hash32 } from '../core/dhcp/pool.ts';
import { isTrueUuid } from '../core/identity/machine.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { hex } from '../core/net/text.ts';
import type { HttpAnswer, HttpRequest } from '../shell/http.ts';
import { made, releaseFile, stepWhenWhole, tagOf, text, type HttpDeps } from './entity.ts';
import { overlayFor } from './overlay.ts';
import { packageLayersFor } from './packageLayers.ts';
import { payloadProblem } from './payloadFiles.ts';

/** What is made for one machine: its iPXE script, Xen's configuration, its initrd with facts, its microcode. */

export async function script(
  request: HttpRequest,
  [, name = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const named = parseMac(name);
  if (named !== undefined) deps.told(named, marksIn(request.query));
  const given = answer({ protocol: 'script', mac: named }, deps.policy({ mac: named }));
  if (given.kind !== 'script') return text(named === undefined ? 404 : 403, sentenceOfAnswer(given));
  const { mac } = given;
  const wish = chosen(deps.machine(mac).wish, request.query.get('profile'));
  const body = await scriptOf(mac, wish, request, deps);
  return made('text/plain', body, () => {
    for (const [step, detail] of stepsOf(wish)) deps.fetched(mac, request.from, step, detail);
  });
}

/** What iPXE put into its request. A build that puts nothing in sends the setting's name: then the board is silent. */
function marksIn(query: HttpRequest['query']): Partial<Marks> {
  const [uuid, serial] = [query.get('uuid')?.toLowerCase(), query.get('serial')];
  const told = (text: string): string => (text.startsWith('$') ? '' : text.trim());
  const hardware = hardwareIn(query);
  return {
    ...(hardware === undefined ? {} : { hardware }),
    ...(uuid === undefined ? {} : { uuid: isTrueUuid(uuid) ? uuid : '' }),
    ...(serial === undefined ? {} : { serial: told(serial) }),
  };
}

/** The steps of a boot that the handing out of a script is. */
function stepsOf(wish: Wish): [step: string, detail: string][] {
  const first: [string, string] = ['script', `${wish.why} [${wish.rule}]`];
  if (wish.kind === 'menu') return [first, ['menu', `for ${wish.timeout} s`]];
  if (wish.kind !== 'boot') return [first];
  const { payload } = wish.profile;
  if (payload.kind === 'local') return [first, [HANDED_OVER, 'to its local disk']];
  return payload.kind === 'script' ? [first, [HANDED_OVER, `to the script of profile ${wish.profile.name}`]] : [first];
}

async function scriptOf(mac: Mac, wish: Wish, request: HttpRequest, deps: HttpDeps): Promise<string> {
  const { base, release } = deps;
  const choice = request.query.get('profile');
  const again = plainScriptUrl(base, mac, choice);
  try {
    const problem = wish.kind === 'boot' ? await payloadProblem(wish.profile, request, deps) : undefined;
    if (problem !== undefined) throw new DecodeError(problem);
    return scriptFor(deps.machine(mac), { cluster: deps.cluster(), base, release, choice });
  } catch (error) {
    return problemScript(refusalOf(error, mac, deps), again);
  }
}

function refusalOf(error: unknown, mac: Mac, deps: HttpDeps): string {
  if (!(error instanceof DecodeError)) throw error;
  deps.log.say('BOOT_SCRIPT_REFUSED', { mac, why: error.message });
  return error.message;
}

/** The machine that a URL is for and the profile it boots, or the answer that it is for none. */
function nodeOf(request: HttpRequest, name: string, deps: HttpDeps): { mac: Mac; profile: Profile } | HttpAnswer {
  const mac = parseMac(name);
  const given = answer({ protocol: 'script', mac }, deps.policy({ mac }));
  if (given.kind !== 'script') return text(mac === undefined ? 404 : 403, sentenceOfAnswer(given));
  const wish = chosen(deps.machine(given.mac).wish, request.query.get('profile'));
  const profile = wish.kind === 'ask' ? undefined : profileIn(wish);
  return profile === undefined ? text(409, `${name} has to ask for its script first`) : { mac: given.mac, profile };
}

export function config(request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): HttpAnswer {
  const node = nodeOf(request, name, deps);
  if (!('mac' in node)) return node;
  try {
    const args = bootArguments(deps.cluster(), deps.machine(node.mac), node.profile);
    return made('text/plain', xenConfig(args), () => undefined);
  } catch (error) {
    return text(409, refusalOf(error, node.mac, deps));
  }
}

/** The release's initrd and behind it the facts, from the next multiple of four on, where Linux looks for an archive. */
export async function initrd(
  request: HttpRequest,
  [, name = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const node = nodeOf(request, name, deps);
  if (!('mac' in node)) return node;
  const path = `releases/${deps.release}/initrd`;
  const info = await deps.files.info(path);
  if (info === undefined) return text(404, `the release ${deps.release} has no initrd`);
  const { mac, profile } = node;
  try {
    const host = selectableOf(deps.cluster(), deps.machine(mac), profile.name);
    const files = hostFiles(deps.cluster(), host);
    const [overlay, authority, layers] = await Promise.all([
      overlayFor(files, mac, deps),
      deps.authority(),
      packageLayersFor(packagesOf(deps.cluster(), host), mac, deps),
    ]);
    const facts = factsCpio(deps.facts(mac, request.from, profile.name), { files, overlay, authority, layers });
    const parts: readonly Part[] = [
      { kind: 'file', path, from: 0, to: info.size },
      { kind: 'bytes', bytes: new Uint8Array(-info.size & 3) },
      { kind: 'bytes', bytes: facts },
    ];
    const tag = tagOf(info, `-${hash32(hex(facts)).toString(16)}`);
    const entity = { type: 'application/octet-stream', parts, tag };
    return { kind: 'entity', entity, sent: stepWhenWhole(deps, mac, request.from, 'initrd') };
  } catch (error) {
    return text(409, refusalOf(error, mac, deps));
  }
}

/**
 * Microcode for the processor that asks. Others than Intel's get AMD's, which is small and which Xen leaves alone where it does
 * not fit.
 */
export async function microcode(
  _request: HttpRequest,
  [, vendor, processor = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const folder = `releases/${deps.release}`;
  const intel = `${folder}/microcode-intel`;
  if (vendor !== 'GenuineIntel') return releaseFile(`${folder}/microcode-amd`, deps);
  const isWhole = !/^[0-9a-f]{8}$/i.test(processor) || (await deps.files.info(intel)) === undefined;
  if (isWhole) return releaseFile(intel, deps);
  const all = await deps.files.bytes(intel);
  const bytes = microcodeFor(all, Number.parseInt(processor, 16));
  if (bytes === undefined) return releaseFile(`${folder}/microcode-amd`, deps);
  const parts: readonly Part[] = [{ kind: 'bytes', bytes }];
  return { kind: 'entity', entity: { type: 'application/octet-stream', parts, tag: undefined }, sent: () => undefined };
}
