import { Failure } from '../../src/shell/fail.ts';

/** What one run of perfdhcp saw. */
export interface Exchanges {
  readonly discovers: number;
  readonly acks: number;
  /** Share of the exchanges begun that did not end with an ACK within perfdhcp's second. */
  readonly lost: number;
}

/**
 * Reads the counts of perfdhcp 2.2. Its own `Rate:` is not used: it divides by the time that it waits at the end, too.
 * Throws Failure for a text without the counts.
 */
export function readPerfdhcp(text: string): Exchanges {
  const discovers = count(text, 'DISCOVER-OFFER', 'sent packets');
  const acks = count(text, 'REQUEST-ACK', 'received packets');
  return { discovers, acks, lost: discovers === 0 ? 1 : (discovers - acks) / discovers };
}

function count(text: string, part: string, name: string): number {
  const after = text.split(`***Statistics for: ${part}***`)[1];
  const found = after?.split('***', 1)[0]?.match(new RegExp(`^${name}: (\\d+)$`, 'm'))?.[1];
  if (found !== undefined) return Number(found);
  const said = text.trim().split('\n').slice(-2).join(' ');
  throw new Failure(`perfdhcp does not say ${name} of ${part}: ${said}`, 'Is it perfdhcp of Kea 2?');
}

/** What perfdhcp is to send, as a relay does. */
export interface Offered {
  /** Exchanges begun in a second. */
  readonly rate: number;
  readonly seconds: number;
  /** The same seed brings the same clients. */
  readonly seed: number;
}

export function perfdhcpCommand(program: string, card: string, server: string, offered: Offered): string[] {
  const { rate, seconds, seed } = offered;
  const load = ['-r', String(rate), '-R', String(CLIENTS), '-p', String(seconds)];
  return [program, '-4', '-l', card, ...load, '-W', String(LAST_REPLIES), '-s', String(seed), server];
}

/** Microseconds that the last replies have. */
const LAST_REPLIES = 500_000;
/** Different clients: more than any run begins exchanges with, so that most of them ask for the first time. */
const CLIENTS = 200_000;
