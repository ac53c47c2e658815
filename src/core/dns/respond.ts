import { DecodeError } from '../net/bytes.ts';
import {
  decodeDns,
  encodeDns,
  HEADER,
  INTERNET,
  RCODE,
  type DnsMessage,
  type DnsRecord,
  type Question,
} from './message.ts';
import { nameText } from './name.ts';
import { codeOf, typeOfCode, type RecordData, type RecordType } from './record.ts';
import { typeName, zoneAnswer, type Zone, type ZoneAnswer } from './zone.ts';

/** A question for the servers that know the rest of the world. */
export interface Query {
  readonly name: string;
  readonly type: Exclude<RecordType, 'other'>;
}

/** What became of one message. */
export type DnsStep =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly said: string }
  /** To be asked elsewhere; `foundReply` makes the reply of what comes back. */
  | { readonly kind: 'forward'; readonly query: Query; readonly request: DnsMessage }
  | { readonly kind: 'silence'; readonly why: string };

export interface DnsHouse {
  readonly zone: Zone;
  /** Whether this client's questions about the rest of the world are passed on. */
  readonly forwards: boolean;
}

/** By which way a message came, and the reply goes back. */
export type Way = 'udp' | 'tcp';

/** Bytes of a datagram that go through every network in one piece (dnsflagday.net/2020), and without EDNS (RFC 1035 2.3.4). */
const PAYLOAD = { most: 1232, plain: 512 } as const;
/** SVCB and HTTPS (RFC 9460), which browsers ask for beside every address and do well without. */
const SERVICE_BINDINGS: ReadonlySet<number> = new Set([64, 65]);

/** What to say to one message. */
export function dnsStep(bytes: Uint8Array, house: DnsHouse, way: Way): DnsStep {
  let request: DnsMessage;
  try {
    request = decodeDns(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return unreadable(bytes, error.message);
  }
  if (request.isReply) return { kind: 'silence', why: 'it is a reply' };
  const [question, ...more] = request.questions;
  const code = problemOf(request, question, more.length);
  if (code !== RCODE.ok || question === undefined) return reply(request, refusal(code), way, question);
  const known = zoneAnswer(house.zone, question);
  if (known !== undefined) return reply(request, known, way, question, true);
  return elsewhere(request, question, house, way);
}

/** Only who sent a whole header can be told; a reply must never answer a reply. */
function unreadable(bytes: Uint8Array, why: string): DnsStep {
  if (bytes.length < HEADER || (bytes[2] ?? 0) >= 0x80) return { kind: 'silence', why };
  const [high = 0, low = 0, flags = 0] = bytes;
  const out = new Uint8Array(HEADER);
  out.set([high, low, 0x80 | (flags & 0x79), RCODE.form]);
  return { kind: 'reply', bytes: out, said: why };
}

function problemOf(request: DnsMessage, question: Question | undefined, more: number): number {
  if (request.edns !== undefined && request.edns.version > 0) return RCODE.badVersion;
  if (request.opcode !== 0) return RCODE.notDone;
  if (question === undefined || more > 0) return RCODE.form;
  return question.class === INTERNET ? RCODE.ok : RCODE.refused;
}

function elsewhere(request: DnsMessage, question: Question, house: DnsHouse, way: Way): DnsStep {
  // REFUSED makes a resolver ask its next server, and tells it that nothing is known of the name here.
  if (!house.forwards || !request.recursionDesired) return reply(request, refusal(RCODE.refused), way, question);
  const type = typeOfCode(question.type);
  if (type !== undefined && type !== 'other')
    return { kind: 'forward', query: { name: nameText(question.name), type }, request };
  // A resolver that is refused here might turn to another server for good, where the cluster's names are unknown.
  const code = SERVICE_BINDINGS.has(question.type) ? RCODE.ok : RCODE.notDone;
  return reply(request, refusal(code), way, question);
}

/** What was found elsewhere. */
export interface Found {
  readonly code: number;
  readonly records: readonly { readonly ttl: number; readonly data: RecordData }[];
}

/** The reply made of what another server said. */
export function foundReply(request: DnsMessage, { code, records }: Found, way: Way): Uint8Array {
  const [question] = request.questions;
  const answers = records.map(({ ttl, data }): DnsRecord => ({
    name: question?.name ?? [],
    class: INTERNET,
    ttl,
    data,
  }));
  return encoded(request, { code, answers, authority: [] }, way, false);
}

const refusal = (code: number): ZoneAnswer => ({ code, answers: [], authority: [] });

function reply(
  request: DnsMessage,
  given: ZoneAnswer,
  way: Way,
  question: Question | undefined,
  isOurs = false,
): DnsStep {
  const name = question === undefined ? '' : `${nameText(question.name)} ${typeName(question.type)}`;
  const found = given.answers.map(({ data }) => typeName(codeOf(data))).join(' ');
  return { kind: 'reply', bytes: encoded(request, given, way, isOurs), said: `${name} ${given.code} ${found}`.trim() };
}

/** Names in the question come back in the case they came in: some resolvers tell by it whether a reply is meant for them. */
function encoded(request: DnsMessage, { code, answers, authority }: ZoneAnswer, way: Way, isOurs: boolean): Uint8Array {
  const { id, opcode, recursionDesired, questions, edns } = request;
  const message: DnsMessage = {
    id,
    isReply: true,
    opcode,
    authoritative: isOurs,
    truncated: false,
    recursionDesired,
    recursionAvailable: true,
    code,
    questions,
    answers,
    authority,
    additional: [],
    edns: edns === undefined ? undefined : { payload: PAYLOAD.most, version: 0 },
  };
  return encodeDns(message, way === 'tcp' ? undefined : udpLimit(edns?.payload));
}

const udpLimit = (payload: number | undefined): number =>
  payload === undefined ? PAYLOAD.plain : Math.min(Math.max(payload, PAYLOAD.plain), PAYLOAD.most);
