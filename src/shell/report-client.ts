import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HostReport, ReportReply } from '../core/api/report.ts';
import { createHash, nodeHttp } from './builtin.ts';
import { Failure } from './fail.ts';

/** The boot server as agents use it. Both calls fail with a Failure that says where and why. */
export interface ReportClient {
  report(report: HostReport): Promise<ReportReply>;
  /** Fetches a file of the boot server to `file`, which appears only when it is whole and its SHA-256 is right. */
  fetch(urlPath: string, sha256: string, file: string): Promise<void>;
}

/** Milliseconds without a byte after which the server counts as away. */
const PATIENCE = 20_000;

/**
 * Plain `node:http`: the global `fetch` would load its whole library at the first report, which hosts wait for.
 * `server` is `address` or `address:port`.
 */
export const reportClient = (server: string): ReportClient => ({
  async report(report) {
    const response = await send(server, 'POST', '/api/v1/report', JSON.stringify(report));
    const text = await textOf(response);
    if (response.statusCode !== 200) throw refusedBy(server, '/api/v1/report', response, text);
    return replyOf(server, text);
  },
  async fetch(urlPath, sha256, file) {
    const response = await send(server, 'GET', urlPath);
    if (response.statusCode !== 200) throw refusedBy(server, urlPath, response, await textOf(response));
    await save(response, file, sha256, `http://${server}${urlPath}`);
  },
});

function send(server: string, method: string, urlPath: string, body?: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const request = nodeHttp().request(`http://${server}${urlPath}`, { method, headers, timeout: PATIENCE });
  request.on('response', resolve);
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', (error) => {
    reject(
      new Failure(
        `${method} http://${server}${urlPath}: ${error.message}`,
        'See whether host0 runs and is reachable.',
        1,
        error,
      ),
    );
  });
  request.end(body);
  return promise;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const refusedBy = (server: string, urlPath: string, response: IncomingMessage, text: string): Failure =>
  new Failure(
    `http://${server}${urlPath} answered ${response.statusCode ?? 0}: ${text.trim().slice(0, 300)}`,
    'See the log of host0.',
  );

/** Checked by hand and only as far as the agent relies on it: it comes from our own host0. */
function replyOf(server: string, text: string): ReportReply {
  try {
    const reply = JSON.parse(text) as Partial<ReportReply> | null;
    if (reply?.schema === 'pxen.report-reply/1' && Array.isArray(reply.steps) && Number.isInteger(reply.again)) {
      return reply as ReportReply;
    }
  } catch {
    // Falls through to the same refusal.
  }
  throw new Failure(`what ${server} answered is no reply to a report: ${text.slice(0, 80)}`, 'Boot this host again.');
}

async function save(response: IncomingMessage, file: string, sha256: string, url: string): Promise<void> {
  const part = `${file}.part`;
  await fs.mkdir(path.dirname(file), { recursive: true });
  const hash = createHash('sha256');
  response.on('data', (bytes: Buffer) => hash.update(bytes));
  await pipeline(response, createWriteStream(part));
  const got = hash.digest('hex');
  if (got === sha256) return fs.rename(part, file);
  await fs.rm(part, { force: true });
  throw new Failure(
    `${url} is damaged: its SHA-256 is ${got}, not ${sha256}`,
    'Check the drive with pxen drive check.',
  );
}
