import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HostReport, ReportReply } from '../core/api/report.ts';
import { createHash } from './builtin.ts';
import { Failure } from './fail.ts';
import { SecureClient, type Authority } from './secureClient.ts';

/** The boot server as agents use it. Every call fails with a Failure that says where and why. */
export interface ReportClient {
  report(report: HostReport): Promise<ReportReply>;
  /** Fetches a file of the boot server to `file`, which appears only when it is whole and its SHA-256 is right. */
  fetch(urlPath: string, sha256: string, file: string): Promise<void>;
  /** What this host is given over TLS: its JSON; the sentence that refuses it; undefined where there is no TLS. */
  secrets(): Promise<{ readonly json: string } | { readonly refused: string } | undefined>;
}

const SECRETS = '/api/v1/hosts/self/secrets';

/**
 * `server` is `address` or `address:port`. The global `fetch` would load its whole library at the first report, which hosts
 * wait for.
 */
export function reportClient(server: string, authority: Authority, securePort?: number): ReportClient {
  const client = new SecureClient(server, authority, securePort);
  // What is fetched is known by its hash, which came over TLS: it needs none itself.
  const plain = new SecureClient(server, async () => undefined);
  return {
    async report(report) {
      const path = '/api/v1/report';
      const response = await client.ask({ method: 'POST', path, body: JSON.stringify(report) });
      const text = await textOf(response);
      if (response.statusCode !== 200) throw refusedBy(client.url(path), response, text);
      return replyOf(server, text);
    },
    async fetch(path, sha256, file) {
      const response = await plain.ask({ method: 'GET', path });
      if (response.statusCode !== 200) throw refusedBy(plain.url(path), response, await textOf(response));
      await save(response, file, sha256, plain.url(path));
    },
    async secrets() {
      if (!(await client.isSecure())) return undefined;
      const response = await client.ask({ method: 'GET', path: SECRETS, asRoot: true });
      const text = await textOf(response);
      if (response.statusCode === 200) return { json: text };
      if (response.statusCode === 403) return { refused: sentenceIn(text) };
      throw refusedBy(client.url(SECRETS), response, text);
    },
  };
}

/** The sentence of an answer that refuses (`pxen.error/1`). */
function sentenceIn(text: string): string {
  try {
    // Of whatever form it is: only a text is taken from it.
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // What is no JSON is shown as it is.
  }
  return text.trim().slice(0, 200);
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const refusedBy = (url: string, response: IncomingMessage, text: string): Failure =>
  new Failure(`${url} answered ${response.statusCode ?? 0}: ${text.trim().slice(0, 300)}`, 'See the log of host0.');

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
