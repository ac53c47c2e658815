import { AGENT_MESSAGES } from './messages/agent.ts';
import { BOOT_MESSAGES } from './messages/boot.ts';
import { DHCP_MESSAGES } from './messages/dhcp.ts';
import { DNS_MESSAGES } from './messages/dns.ts';
import { DRIVE_MESSAGES } from './messages/drive.ts';
import { FILE_MESSAGES } from './messages/files.ts';
import { SECRETS_MESSAGES } from './messages/secrets.ts';
import { SERVE_MESSAGES } from './messages/serve.ts';
import { STATE_MESSAGES } from './messages/state.ts';
import { TRUST_MESSAGES } from './messages/trust.ts';

/** Every message that pxen logs, by id. The manual is made from the same table. */
export const MESSAGES = {
  ...DHCP_MESSAGES,
  ...DNS_MESSAGES,
  ...BOOT_MESSAGES,
  ...FILE_MESSAGES,
  ...SERVE_MESSAGES,
  ...AGENT_MESSAGES,
  ...STATE_MESSAGES,
  ...TRUST_MESSAGES,
  ...SECRETS_MESSAGES,
  ...DRIVE_MESSAGES,
} as const;

export type MessageId = keyof typeof MESSAGES;
