import { parseIpv4 } from '../net/ipv4.ts';
import { parseMac } from '../net/mac.ts';
import type { LeaseRecord } from './lease-book.ts';
import type { MachineId } from './pool.ts';

/**
 * The journal of leases: one JSON object a line. It holds how long a lease still ran, not until when: the clock of the next
 * start is another one, and nobody knows how long the server was away.
 */

/** The line of a record; undefined for what need not be remembered. `now` in milliseconds. */
export function journalLine(record: LeaseRecord, now: number): string | undefined {
  if (record.kind === 'forget') return `${JSON.stringify({ forget: record.id })}\n`;
  if (record.kind === 'bad' || record.lease.state === 'offered') return undefined;
  const { id, mac, uuid, address, until, boots } = record.lease;
  const seconds = Math.max(0, Math.round((until - now) / 1000));
  return `${JSON.stringify({ id, mac, uuid, address, seconds, boots })}\n`;
}

/** The records of a journal, every lease beginning anew at `now`. A line that a power cut tore is left out. */
export function readJournal(text: string, now: number): LeaseRecord[] {
  return text.split('\n').flatMap((line) => recordOf(line, now) ?? []);
}

function recordOf(line: string, now: number): LeaseRecord | undefined {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('forget' in value)
    return typeof value.forget === 'string' ? { kind: 'forget', id: value.forget as MachineId } : undefined;
  return leaseOf(value as Readonly<Record<string, unknown>>, now);
}

function leaseOf(
  { id, mac, uuid, address, seconds, boots }: Readonly<Record<string, unknown>>,
  now: number,
): LeaseRecord | undefined {
  const place = typeof address === 'string' ? parseIpv4(address) : undefined;
  if (typeof id !== 'string' || place === undefined || typeof seconds !== 'number') return undefined;
  const lease = {
    id: id as MachineId,
    mac: typeof mac === 'string' ? (parseMac(mac) ?? null) : null,
    uuid: typeof uuid === 'string' ? uuid : null,
    address: place,
    state: seconds > 0 ? 'bound' : 'released',
    until: now + seconds * 1000,
    boots: boots === true,
  } as const;
  return { kind: 'lease', lease };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
