import { answer } from '../core/boot/answer.ts';
import { factsCpio } from '../core/boot/facts.ts';
import type { Part } from '../core/boot/http-reply.ts';
import { bootArguments } from '../core/boot/machine.ts';
import { microcodeFor } from '../core/boot/microcode.ts';
import { problemScript, xenScript } from '../core/boot/script.ts';
import { xenConfig } from '../core/boot/xen-config.ts';
import { hash32 } from '../core/dhcp/pool.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { hex } from '../core/net/text.ts';
import type { HttpAnswer, HttpRequest } from '../shell/http.ts';
import { made, releaseFile, stepWhenWhole, tagOf, text, type HttpDeps } from './entity.ts';

/** What is made for one machine: its iPXE script, Xen's configuration, its initrd with facts, its microcode. */

export function script(request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): HttpAnswer {
  const given = answer({ protocol: 'script', mac: parseMac(name) }, deps.role);
  if (given.kind !== 'script') return text(404, 'why' in given ? (given.why ?? '') : 'no script');
  const { mac } = given;
  return made('text/plain', scriptOf(mac, deps), () => deps.fetched(mac, request.from, 'script', ''));
}

function scriptOf(mac: Mac, deps: HttpDeps): string {
  const { base, release } = deps;
  try {
    const machine = deps.machine(mac);
    return xenScript({ name: machine.name, mac, base, release, args: bootArguments(deps.cluster(), machine) });
  } catch (error) {
    return problemScript(refusalOf(error, mac, deps), `${base}/ipxe/${mac.replaceAll(':', '-')}`);
  }
}

function refusalOf(error: unknown, mac: Mac, deps: HttpDeps): string {
  if (!(error instanceof DecodeError)) throw error;
  deps.log.say('BOOT_SCRIPT_REFUSED', { mac, why: error.message });
  return error.message;
}

export function config(_request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): HttpAnswer {
  const given = answer({ protocol: 'script', mac: parseMac(name) }, deps.role);
  if (given.kind !== 'script') return text(404, 'no machine of that name');
  try {
    return made('text/plain', xenConfig(bootArguments(deps.cluster(), deps.machine(given.mac))), () => undefined);
  } catch (error) {
    return text(409, refusalOf(error, given.mac, deps));
  }
}

/** The release's initrd and behind it the facts, from the next multiple of four on, where Linux looks for an archive. */
export async function initrd(
  request: HttpRequest,
  [, name = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const given = answer({ protocol: 'script', mac: parseMac(name) }, deps.role);
  if (given.kind !== 'script') return text(404, 'no machine of that name');
  const path = `releases/${deps.release}/initrd`;
  const info = await deps.files.info(path);
  if (info === undefined) return text(404, `the release ${deps.release} has no initrd`);
  const { mac } = given;
  try {
    const facts = factsCpio(deps.facts(mac, request.from));
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
