import { z } from 'zod';
import { domain, duration, ipv4, range, subnet } from './scalars.ts';
import { dhcpOptions } from './schemaOptions.ts';

/** A network that pxen serves. */
export const networkSchema = z.strictObject({
  dhcp: z
    .enum(['auto', 'full', 'proxy', 'silent'])
    .default('auto')
    .describe('how much of DHCP pxen does here: addresses too (full), only what boots (proxy), nothing (silent)'),
  interface: z
    .string()
    .regex(/^[^\s/]{1,15}$/, 'the name of an interface such as eth0')
    .describe('the name of an interface such as eth0')
    .optional(),
  subnet: subnet.optional(),
  gateway: ipv4.optional(),
  domain: domain.optional(),
  dns: z.array(ipv4).default([]).describe('name servers that machines are told'),
  pools: z
    .array(range)
    .default([])
    .describe('addresses that machines are given; without it all of the subnet that nothing else uses'),
  /** How long a running system holds its address; firmware and iPXE hold theirs for minutes. */
  leaseTime: duration.optional(),
  authoritative: z
    .boolean()
    .optional()
    .describe('whether no other DHCP server is here, so that wrong addresses are refused; true where dhcp is full'),
  mtu: z.int().min(576).max(9216).optional().describe('the largest IP packet that every path to machines here takes'),
  bootp: z
    .enum(['reserved', 'never'])
    .default('reserved')
    .describe('whether clients older than DHCP are answered: those with an address in `hosts`, or none'),
  echoClientId: z.boolean().default(true).describe('whether option 61 is given back; some old devices stumble over it'),
  relays: z
    .union([z.boolean(), z.array(ipv4)])
    .optional()
    .describe('true or a list of addresses: the relay agents by which machines of this subnet reach pxen'),
  relayReply: z
    .enum(['giaddr', 'source'])
    .default('giaddr')
    .describe('where replies to relay agents go; `source` for one whose giaddr cannot be reached'),
  options: dhcpOptions,
});

export type NetworkEntry = z.infer<typeof networkSchema>;
