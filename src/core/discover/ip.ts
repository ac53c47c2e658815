import { jsonOf, nameAt, countAt, rowsOf, textAt, type Row } from './json.ts';

/** `ip address` prints the links as well, so that one command is enough. */
export const IP_ADDR: readonly string[] = ['ip', '-json', 'address'];
/** The same with what kind each link is, for who serves: agents ask too often to have all that printed. */
export const IP_ADDR_DETAILS: readonly string[] = ['ip', '-json', '-details', 'address'];

export interface Link {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** The flag LOWER_UP: something at the other end of the cable. */
  readonly carrier: boolean;
  /** `ether`, `loopback`... */
  readonly type: string;
  /** `bridge`, `veth`, `vlan`...; empty for a card, and without details. */
  readonly kind: string;
  /** The bridge it is a port of; empty for none. */
  readonly master: string;
  /** With their prefix, `10.1.2.3/24`; IPv4 only. */
  readonly addresses: readonly string[];
}

/** Reads `ip -json address`, with or without details; throws DecodeError for anything else. */
export const parseIpAddr = (text: string): readonly Link[] => rowsOf('ip', jsonOf('ip', text)).map(link);

function link(row: Row): Link {
  const flags = row['flags'];
  const [info = {}] = rowsOf('ip', [row['linkinfo'] ?? {}]);
  return {
    name: nameAt('ip', row, 'ifname'),
    mac: textAt(row, 'address').toLowerCase(),
    mtu: countAt('ip', row, 'mtu'),
    carrier: Array.isArray(flags) && flags.includes('LOWER_UP'),
    type: textAt(row, 'link_type'),
    kind: textAt(info, 'info_kind'),
    master: textAt(row, 'master'),
    addresses: rowsOf('ip', row['addr_info'] ?? [])
      .filter((entry) => entry['family'] === 'inet')
      .map((entry) => `${nameAt('ip', entry, 'local')}/${countAt('ip', entry, 'prefixlen')}`),
  };
}
