import type { Client } from '../boot/client.ts';
import type { Mac } from '../net/mac.ts';

/**
 * How a proxy's offer leads a client to its boot file. `direct`: the file stands in the offer. `redirect`: the offer only says
 * who serves, and the client asks for the file on port 4011.
 */
export type ProxyWay = 'direct' | 'redirect';

interface Quirk {
  /** First bytes of the card's address. */
  readonly cards: readonly string[];
  readonly why: string;
}

/**
 * Makers whose UEFI does not take the file of a proxy's offer but asks on 4011. Cards that the maker put in itself: their
 * address tells whose firmware drives them.
 */
const QUIRKS: readonly Quirk[] = [
  {
    why: 'HPE ProLiant Gen9 and later look past the control bits of option 43 in a proxy offer',
    cards: ['14:02:ec', '1c:98:ec', '20:67:7c', '30:e1:71', '38:63:bb', '3c:a8:2a', '48:df:37', '5c:b9:01', '80:30:e0'],
  },
  {
    why: 'as above, further ranges of the same maker',
    cards: ['88:e9:a4', '94:18:82', '94:57:a5', '98:f2:b3', '9c:dc:71', 'a0:d3:c1', 'd8:9d:67', 'ec:b1:d7', 'fc:15:b4'],
  },
];

/**
 * The way for a client. `direct` by default: EDK2 ranks such an offer above one that redirects (PxeBcSelectDhcp4Offer), needs
 * no further packet for it, and a firewall between may block 4011. A client that was offered the file and asks all over again
 * could not take it: every other time it is sent the other way.
 */
export function proxyWay({ mac, arch }: Pick<Client, 'mac' | 'arch'>, offersInVain: number): ProxyWay {
  const isBios = arch === 0 || arch === null;
  const first = !isBios && isQuirky(mac) ? 'redirect' : 'direct';
  if (isBios || offersInVain % 2 === 0) return first;
  return first === 'direct' ? 'redirect' : 'direct';
}

const isQuirky = (mac: Mac | null): boolean => QUIRKS.some(({ cards }) => cards.includes(mac?.slice(0, 8) ?? ''));
