import { DecodeError } from '../net/bytes.ts';
import { ipv4OfBytes, type Ipv4 } from '../net/ipv4.ts';
import { readOptions, type RawOptions } from './tlv.ts';

/** What a relay agent says in option 82 (RFC 3046) that changes an answer. */
export interface RelayInfo {
  /** The subnet the client is in, where that is not the relay's (RFC 3527). */
  readonly linkSelection: Ipv4 | undefined;
  /** What the client is to take for its server, so that all it sends goes through the relay (RFC 5107). */
  readonly serverId: Ipv4 | undefined;
  /** Whether the client sent it to one server only; undefined where the relay does not say (RFC 5010). */
  readonly unicast: boolean | undefined;
  /** The relay listens on the port it sent from (RFC 8357). */
  readonly usesSourcePort: boolean;
}

const SUB = { linkSelection: 5, flags: 10, serverId: 11, sourcePort: 19 } as const;
const FLAG_UNICAST = 0x80;
const NOTHING: RelayInfo = { linkSelection: undefined, serverId: undefined, unicast: undefined, usesSourcePort: false };

/** Reads option 82; what cannot be read says nothing, and goes back to the relay all the same. */
export function relayInfo(option: Uint8Array | undefined): RelayInfo {
  if (option === undefined) return NOTHING;
  const subs = subOptions(option);
  const flags = subs.get(SUB.flags);
  return {
    linkSelection: addressOf(subs.get(SUB.linkSelection)),
    serverId: addressOf(subs.get(SUB.serverId)),
    unicast: flags?.length === 1 ? ((flags[0] ?? 0) & FLAG_UNICAST) !== 0 : undefined,
    usesSourcePort: subs.has(SUB.sourcePort),
  };
}

function subOptions(option: Uint8Array): RawOptions {
  try {
    return readOptions(option, new Map());
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return new Map();
  }
}

const addressOf = (bytes: Uint8Array | undefined): Ipv4 | undefined =>
  bytes?.length === 4 ? ipv4OfBytes(bytes) : undefined;
