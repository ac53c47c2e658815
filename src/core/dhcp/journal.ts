import { parseIpv4, type Ipv4 } from '../net/ipv4.ts';
import { jsonOrNone } from '../net/json.ts';
import { parseMac } from '../net/mac.ts';
import type { LeaseRecord } from './lease-book.ts';
import { hash32, type MachineId } from './pool.ts';

/**
 * The journal of leases: a JSON object a line, and a check sum behind it. It holds how long a lease still ran, not until
 * when: the clock of the next start is another one, and nobody knows how long the server was away.
 */

/** The line of a record; undefined for what need not be remembered. `now` in milliseconds. */
export function journalLine(record: LeaseRecord, now: number): string | undefined {
  if (record.kind === 'forget') return summed(JSON.stringify({ forget: record.id, network: record.network }));
  if (record.kind === 'bad' || record.lease.state === 'offered') return undefined;
  const { id, mac, uuid, network, address, until, boots } = record.lease;
  const seconds = Math.max(0, Math.round((until - now) / 1000));
  return summed(JSON.stringify({ id, mac, uuid, network, address, seconds, boots }));
}

const sumOf = (json: string): string => hash32(json).toString(16).padStart(8, '0');
const summed = (json: string): string => `${json} ${sumOf(json)}\n`;

export interface ReadJournal {
  readonly records: readonly LeaseRecord[];
  /** Lines that could not be read: torn by a power cut, or damaged. */
  readonly lost: number;
}

/** The records of a journal, every lease beginning anew at `now`. Lines that are torn or damaged are left out. */
export function readJournal(text: string, now: number): ReadJournal {
  const lines = text.split('\n').filter((line) => line !== '');
  const records = lines.flatMap((line) => recordOf(line, now) ?? []);
  return { records, lost: lines.length - records.length };
}

function recordOf(line: string, now: number): LeaseRecord | undefined {
  const json = line.slice(0, -9);
  // The sum is asked first: JSON of which a digit was damaged is still JSON.
  if (line !== `${json} ${sumOf(json)}`) return undefined;
  const value = jsonOrNone(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const network = addressOf(fields['network']);
  if (network === undefined) return undefined;
  if (!('forget' in fields)) return leaseOf(fields, network, now);
  const { forget } = fields;
  return typeof forget === 'string' ? { kind: 'forget', id: forget as MachineId, network } : undefined;
}

const addressOf = (value: unknown): Ipv4 | undefined => (typeof value === 'string' ? parseIpv4(value) : undefined);

function leaseOf(
  { id, mac, uuid, address, seconds, boots }: Readonly<Record<string, unknown>>,
  network: Ipv4,
  now: number,
): LeaseRecord | undefined {
  const place = addressOf(address);
  if (typeof id !== 'string' || place === undefined || typeof seconds !== 'number') return undefined;
  const lease = {
    id: id as MachineId,
    mac: typeof mac === 'string' ? (parseMac(mac) ?? null) : null,
    uuid: typeof uuid === 'string' ? uuid : null,
    network,
    address: place,
    state: seconds > 0 ? 'bound' : 'released',
    until: now + seconds * 1000,
    boots: boots === true,
  } as const;
  return { kind: 'lease', lease };
}
