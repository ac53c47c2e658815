import type { ClusterService } from '../core/api/service.ts';
import { answer, type Role } from '../core/boot/answer.ts';
import { factsCpio, type Facts } from '../core/boot/facts.ts';
import { typeOfPath, type Part } from '../core/boot/http-reply.ts';
import { bootArguments } from '../core/boot/machine.ts';
import { microcodeFor } from '../core/boot/microcode.ts';
import { problemScript, xenScript } from '../core/boot/script.ts';
import { xenConfig } from '../core/boot/xen-config.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { hash32 } from '../core/dhcp/pool.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { hex, utf8 } from '../core/net/text.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../shell/http.ts';
import type { Log } from '../shell/log.ts';

export interface HttpDeps {
  readonly role: Role;
  readonly files: Files;
  readonly cluster: () => Cluster;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly release: string;
  readonly machine: (mac: Mac) => Parameters<typeof bootArguments>[1];
  /** The facts of a machine that asks from an address. */
  readonly facts: (mac: Mac, from: Ipv4) => Facts;
  readonly service: () => Promise<ClusterService>;
  readonly log: Log;
  /** Told when a machine fetched something that is a step of its boot. */
  readonly fetched: (mac: Mac | undefined, from: Ipv4, step: string, detail: string) => void;
}

type Route = (request: HttpRequest, match: readonly string[], deps: HttpDeps) => Promise<HttpAnswer> | HttpAnswer;

/** Every URL there is (docs/boot.md, "Names on the wire"). */
const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/healthz$/, () => text(200, 'ok')],
  [/^\/ipxe\/([^/]+)$/, script],
  [/^\/node\/([^/]+)\/initrd$/, initrd],
  [/^\/node\/([^/]+)\/xen\.cfg$/, config],
  [/^\/node\/[^/]+\/microcode\/([^/]*)\/?([^/]*)$/, microcode],
  [/^\/boot\/(.+)$/, bootFile],
  [/^\/api\//, api],
];

export const bootHandler =
  (deps: HttpDeps): HttpHandler =>
  async (request) => {
    for (const [pattern, route] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match !== null) return route(request, match, deps);
    }
    return text(404, 'there is nothing under this URL');
  };

const text = (status: number, body: string): HttpAnswer => ({
  kind: 'text',
  status,
  type: 'text/plain',
  body: `${body}\n`,
});

/** Made anew for each who asks; its HEAD and ranges are right all the same. */
function made(type: string, body: string, sent: () => void): HttpAnswer {
  const parts: readonly Part[] = [{ kind: 'bytes', bytes: utf8(body) }];
  return { kind: 'entity', entity: { type, parts, tag: undefined }, sent };
}

function script(request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): HttpAnswer {
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

function config(_request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): HttpAnswer {
  const given = answer({ protocol: 'script', mac: parseMac(name) }, deps.role);
  if (given.kind !== 'script') return text(404, 'no machine of that name');
  try {
    return made('text/plain', xenConfig(bootArguments(deps.cluster(), deps.machine(given.mac))), () => undefined);
  } catch (error) {
    return text(409, refusalOf(error, given.mac, deps));
  }
}

/** The release's initrd and behind it the facts, from the next multiple of four on, where Linux looks for an archive. */
async function initrd(request: HttpRequest, [, name = '']: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
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
async function microcode(
  _request: HttpRequest,
  [, vendor, processor = '']: readonly string[],
  deps: HttpDeps,
): Promise<HttpAnswer> {
  const folder = `releases/${deps.release}`;
  if (vendor !== 'GenuineIntel') return releaseFile(`${folder}/microcode-amd`, deps);
  if (!/^[0-9a-f]{8}$/i.test(processor)) return releaseFile(`${folder}/microcode-intel`, deps);
  const all = await deps.files.bytes(`${folder}/microcode-intel`);
  const bytes = microcodeFor(all, Number.parseInt(processor, 16));
  if (bytes === undefined) return releaseFile(`${folder}/microcode-amd`, deps);
  const parts: readonly Part[] = [{ kind: 'bytes', bytes }];
  return { kind: 'entity', entity: { type: 'application/octet-stream', parts, tag: undefined }, sent: () => undefined };
}

async function releaseFile(path: string, { files }: HttpDeps): Promise<HttpAnswer> {
  const info = await files.info(path);
  if (info === undefined) return text(404, 'no such file');
  const parts: readonly Part[] = [{ kind: 'file', path, from: 0, to: info.size }];
  return { kind: 'entity', entity: { type: typeOfPath(path), parts, tag: tagOf(info) } };
}

/** A strong entity tag (RFC 9110 8.8.3): changes with the file and with what is sent behind it. */
const tagOf = ({ size, modified }: FileInfo, behind = ''): string =>
  `"${size.toString(16)}-${Math.round(modified).toString(16)}${behind}"`;

const stepWhenWhole =
  (deps: HttpDeps, mac: Mac | undefined, from: Ipv4, step: string) =>
  (bytes: number, complete: boolean): void =>
    complete ? deps.fetched(mac, from, step, `${bytes} bytes`) : deps.fetched(mac, from, `${step} broke off`, '');

async function bootFile(request: HttpRequest, [, asked = '']: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  const given = answer({ protocol: 'http', path: asked }, deps.role);
  if (given.kind !== 'file') return text(403, 'why' in given ? (given.why ?? '') : 'not a file');
  const { path } = given;
  const file = await releaseFile(path, deps);
  const step = stepOf(path, deps.release);
  if (file.kind !== 'entity' || step === undefined) return file;
  return { ...file, sent: stepWhenWhole(deps, undefined, request.from, step) };
}

/** The step of a boot that fetching a file is. */
export function stepOf(path: string, release: string): string | undefined {
  if (path.startsWith('loaders/')) return 'loader';
  const steps: Readonly<Record<string, string>> = { xen: 'xen', 'xen.efi': 'xen', vmlinuz: 'kernel' };
  const folder = `releases/${release}/`;
  return path.startsWith(folder) ? steps[path.slice(folder.length)] : undefined;
}

async function api(request: HttpRequest, _match: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  const service = await deps.service();
  const { method, path, query, from } = request;
  const { status, type, body } = await service.handle({ method, path, query, from, body: await request.body() });
  return { kind: 'text', status, type, body };
}
