import { z } from 'zod';

/**
 * DHCP options beside those that pxen sets itself: by name or number (core/dhcp/namedOptions.ts). Stands at networks,
 * profiles and hosts; `optionFindings` says what is wrong with one.
 */
export const dhcpOptions = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('DHCP options by name or number, such as { ntp-servers: [10.1.2.3], 224: "text", 225: "0x0102ff" }');

export type DhcpOptions = z.infer<typeof dhcpOptions>;
