import { answer, sentenceOfAnswer } from '../core/boot/answer.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from '../shell/http.ts';
import { made, releaseFile, stepOf, stepWhenWhole, text, type HttpDeps, type Route } from './entity.ts';
import { config, initrd, microcode, script } from './nodeFiles.ts';
import { payloadFile } from './payloadFiles.ts';

/** Every URL there is (docs/boot.md, "Names on the wire"). */
const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/healthz$/, () => text(200, 'ok')],
  [/^\/ipxe\/([^/]+)$/, script],
  [/^\/node\/([^/]+)\/initrd$/, initrd],
  [/^\/node\/([^/]+)\/xen\.cfg$/, config],
  [/^\/node\/[^/]+\/microcode\/([^/]*)\/?([^/]*)$/, microcode],
  [/^\/node\/([^/]+)\/(kernel|initrd\d{1,2})$/, payloadFile],
  [/^\/boot\/(.+)$/, bootFile],
  [/^\/(autoexec\.ipxe)$/, bootFile],
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

async function bootFile(request: HttpRequest, [, asked = '']: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  const given = answer({ protocol: 'http', path: asked }, deps.policy({ from: request.from }));
  if (given.kind !== 'file') return text(403, sentenceOfAnswer(given));
  const { path } = given;
  const forOne = await deps.made(path, request.from);
  if (forOne !== undefined) return made('text/plain', forOne, () => undefined);
  const file = await releaseFile(path, deps);
  const step = stepOf(path, deps.release);
  if (file.kind !== 'entity' || step === undefined) return file;
  return { ...file, sent: stepWhenWhole(deps, undefined, request.from, step) };
}

async function api(request: HttpRequest, _match: readonly string[], deps: HttpDeps): Promise<HttpAnswer> {
  const service = await deps.service();
  const { method, path, query, from } = request;
  const { status, type, body } = await service.handle({ method, path, query, from, body: await request.body() });
  return { kind: 'text', status, type, body };
}
