import { z } from 'zod';
import { parseIpv4, parseRange, parseSubnet, type AddressRange, type Ipv4, type Subnet } from '../net/ipv4.ts';
import { parseMac, type Mac } from '../net/mac.ts';
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

/** The single values of which `cluster.yaml` is made. */

/** A text that `parse` reads; `what` says what it must be, and is also its description. */
const parsed = <T>(parse: (text: string) => T | undefined, what: string) =>
  z
    .string()
    .describe(what)
    .transform((text, context) => {
      const value = parse(text);
      if (value === undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${what}` });
      return value as T;
    });

export const matching = (pattern: RegExp, what: string) => z.string().regex(pattern, what).describe(what);

export const mac = parsed<Mac>(parseMac, 'a MAC address such as 52:54:00:12:34:56');
export const ipv4 = parsed<Ipv4>(parseIpv4, 'an IPv4 address such as 10.1.2.3');
export const subnet = parsed<Subnet>(parseSubnet, 'a subnet such as 10.1.2.0/24');
export const size = parsed<number>(parseSize, 'a size such as 256MiB or 1GiB');
/** Names that serve as DNS labels (RFC 1123 2.1). */
export const label = matching(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a name of at most 63 lower-case letters, digits and hyphens, with no hyphen at either end',
);
export const domain = matching(
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  'a domain such as lab.internal',
);
export const range = parsed<AddressRange>(parseRange, 'a stretch of addresses such as 10.1.2.100-10.1.2.199');
export const duration = parsed<number>(parseDuration, 'a time such as 90s, 10m, 1h or 2d');
/** Arguments are joined by spaces on one line, so a space inside one would make two of it. */
export const argument = matching(/^[\x21-\x7e]+$/, 'one argument without a space, such as panic=10');
export const labels = z.record(z.string(), z.string());
/** Nothing that leads out of `boot/`, and nothing that a URL or a script would have to quote. */
export const bootFile = matching(
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+@-]+(?:\/[\w.+@-]+)*$/,
  'a file below boot/ on the drive, such as nixos/bzImage',
);
