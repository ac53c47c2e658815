import { answer, sentenceOfAnswer } from '../core/boot/answer.ts';
import { parseBeacon, timelineStep } from '../core/boot/beacon.ts';
import { typeOfPath } from '../core/boot/http-reply.ts';
import { listingPage } from '../core/http/listing.ts';
import { METRICS_TYPE, metricsText } from '../core/http/metrics.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { utf8 } from '../core/net/text.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../shell/http.ts';
import { made, releaseFile, stepOf, stepWhenWhole, text, type HttpDeps, type Route } from './entity.ts';
import { config, initrd, microcode, script } from './nodeFiles.ts';
import { payloadFile } from './payloadFiles.ts';

/** Every URL there is (docs/boot.md, "Names on the wire"). */
const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/healthz$/, () => text(200, 'ok')],
  [/^\/metrics$/, (_request, _match, deps) => metrics(deps)],
  [/^\/ipxe\/([^/]+)$/, script],
  [/^\/node\/([^/]+)\/initrd$/, initrd],
  [/^\/node\/([^/]+)\/xen\.cfg$/, config],
  [/^\/node\/[^/]+\/microcode\/([^/]*)\/?([^/]*)$/, microcode],
  [/^\/node\/([^/]+)\/(kernel|initrd\d{1,2})$/, payloadFile],
  [/^\/boot\/(.*)$/, bootFile],
  // Where iPXE looks at last, below the root of the server (J2).
  [/^\/(autoexec\.ipxe)$/, bootFile],
  [/^\/api\/v1\/step$/, stage1Step],
  [/^\/api\//, api],
];

export const bootHandler =
  (deps: HttpDeps): HttpHandler =>
  async (request) => {
    const isApi = request.path.startsWith('/api/');
    if (!isApi && request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET and HEAD');
    for (const [pattern, route] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match !== null) return route(request, match, deps);
    }
    return text(404, 'there is nothing under this URL');
  };

async function bootFile(request: HttpRequest, [, asked = '']: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  // The folder itself is no file, but who may have its files may see their names.
  const asFile = asked === '' ? 'boot' : asked;
  const policy = deps.policy({ from: request.from });
  const given = answer({ protocol: 'http', path: asFile }, policy);
  if (given.kind !== 'file') return text(403, sentenceOfAnswer(given));
  const path = asked === '' ? '.' : given.path;
  const step = stepOf(path, deps.release, policy.loaders.own);
  const mine = await deps.made(path, request.from);
  if (mine !== undefined)
    return made(typeOfPath(path), mine, () => deps.fetched(undefined, request.from, 'config', path));
  const file = await releaseFile(path, deps);
  if (file.kind !== 'entity') return (await listing(path, deps)) ?? file;
  return step === undefined ? file : { ...file, sent: stepWhenWhole(deps, undefined, request.from, step) };
}

async function listing(path: string, { files, listings }: HttpDeps): Promise<HttpAnswer | undefined> {
  const names = listings === false ? undefined : await files.list(path);
  if (names === undefined) return undefined;
  const url = path === '.' ? '/boot/' : `/boot/${path}/`;
  return made('text/html; charset=utf-8', utf8(listingPage(url, names)), () => undefined);
}

const metrics = ({ metrics: measure }: HttpDeps): HttpAnswer =>
  measure === undefined
    ? text(404, 'nothing is measured')
    : { kind: 'text', status: 200, type: METRICS_TYPE, body: metricsText(measure()) };

/** A step of stage 1, as one line. */
async function stage1Step(request: HttpRequest, _match: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  if (request.method !== 'POST') return text(405, 'only POST');
  try {
    const beacon = parseBeacon(await request.body());
    deps.fetched(beacon.mac, request.from, ...timelineStep(beacon));
    return text(200, 'heard');
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    deps.log.say('BOOT_BEACON_UNREADABLE', { from: request.from, why: error.message });
    return text(400, error.message);
  }
}

async function api(request: HttpRequest, _match: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  const service = await deps.service();
  const { method, path, query, from, fromPort, authorization } = request;
  const way = { from, fromPort, authorization, secure: deps.isSecure, authority: deps.authorityNow() };
  const asked = { method, path, query, ...way, body: await request.body() };
  const { status, type, body } = await service.handle(asked);
  return { kind: 'text', status, type, body };
}
