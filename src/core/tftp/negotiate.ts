import type { TftpOptions } from './packet.ts';

/** How a transfer goes, after what the client asked. */
export interface Terms {
  /** Bytes in a block. */
  readonly blksize: number;
  /** Blocks sent before an ACK is awaited (RFC 7440). */
  readonly windowsize: number;
  /** Milliseconds between two packets that the client expects (RFC 2349); undefined where it did not say. */
  readonly timeout: number | undefined;
  /** What the OACK says; empty where no OACK is due. */
  readonly accepted: TftpOptions;
}

/** What this server grants at most. */
export interface TermsLimit {
  readonly blksize: number;
  readonly windowsize: number;
}

/** Bytes of IP, UDP and TFTP headers in a packet. */
const HEADERS = 32;
/** RFC 2348: what a blksize can be. */
const [LEAST_BLKSIZE, MOST_BLKSIZE] = [8, 65464];
/**
 * Blocks. A client that asks for more than 16 gains little, and past 64 a window no longer fits into what the system queues
 * for one socket.
 */
const MOST_WINDOW = 64;

/** What is granted to a client whose path carries packets of so many bytes: a block must never be sent in fragments. */
export function limitOf(mtu: number): TermsLimit {
  return { blksize: Math.min(Math.max(mtu - HEADERS, LEAST_BLKSIZE), MOST_BLKSIZE), windowsize: MOST_WINDOW };
}

/** A whole number from `least` to `most`; undefined for anything else, and the option is then as if never sent. */
function number(text: string | undefined, least: number, most: number): number | undefined {
  const value = /^\d{1,10}$/.test(text ?? '') ? Number(text) : -1;
  return value >= least && value <= most ? value : undefined;
}

/**
 * RFC 2347, 2348, 2349, 7440: never more than was asked, nothing that was not asked. Other options (multicast, utimeout) are
 * as if never sent.
 */
export function negotiate(asked: TftpOptions, size: number, limit: TermsLimit): Terms {
  const accepted = new Map<string, string>();
  const blksize = number(asked.get('blksize'), LEAST_BLKSIZE, MOST_BLKSIZE);
  const windowsize = number(asked.get('windowsize'), 1, 65535);
  const timeout = number(asked.get('timeout'), 1, 255);
  const terms = {
    blksize: blksize === undefined ? 512 : Math.min(blksize, limit.blksize),
    windowsize: windowsize === undefined ? 1 : Math.min(windowsize, limit.windowsize),
    timeout: timeout === undefined ? undefined : timeout * 1000,
  };
  if (blksize !== undefined) accepted.set('blksize', String(terms.blksize));
  if (windowsize !== undefined) accepted.set('windowsize', String(terms.windowsize));
  if (timeout !== undefined) accepted.set('timeout', String(timeout));
  if (asked.has('tsize')) accepted.set('tsize', String(size));
  return { ...terms, accepted };
}
