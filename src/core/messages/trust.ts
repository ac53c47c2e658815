import type { Catalogue } from './catalogue.ts';

/** Messages of TLS, of the cluster's keys, and of what is delivered to hosts by them. */
export const TRUST_MESSAGES = {
  TRUST_MADE: {
    level: 'info',
    text: 'the authority of this cluster was made: {fingerprint}',
    meaning: 'The first start of a cluster makes the keys by which hosts and people know its server.',
    action: 'Compare the fingerprint when pxen status shows it for the first time.',
  },
  TRUST_READ: {
    level: 'info',
    text: 'the authority of this cluster is {fingerprint}',
    meaning: 'HTTPS shows certificates of this authority, as at every start.',
    action: 'none',
  },
  TRUST_IN_RAM: {
    level: 'warning',
    text: 'the keys of HTTPS are in RAM for this boot: {why}',
    meaning: 'They are other ones after the next boot of host0; hosts that boot now have to be booted again then.',
    action: 'See to the drive; `pxen status` says what is wrong with it.',
  },
  TRUST_FAILED: {
    level: 'error',
    text: 'there are no keys for HTTPS: {why}',
    meaning: 'Machines boot by HTTP all the same; nobody is given secrets.',
    action: 'Remove the reason that is named and start the boot server again.',
  },
  HTTPS_SERVING: {
    level: 'info',
    text: 'HTTPS on {address}, port {port}',
    meaning: 'The API and boot files are served over TLS too.',
    action: 'none',
  },
  HTTPS_FAILED: {
    level: 'error',
    text: 'HTTPS cannot be served: {why}',
    meaning:
      'Machines boot by HTTP all the same; agents cannot report and nobody is given secrets until this is mended.',
    action: 'Do what the sentence says and start the boot server again.',
  },
  HTTPS_DISTRUSTED: {
    level: 'warning',
    text: '{from} does not trust this server ({why})',
    meaning: 'A host that was booted under another authority, or a person who was not given this one, broke off.',
    action: 'If it is a host: boot it again. If it is a browser: give it the authority (docs/boot.md).',
  },
  SECRETS_GIVEN: {
    level: 'info',
    text: '{name} at {from} was given its secrets{lacks}',
    meaning: 'A host that cluster.yaml lists by MAC and UUID asked over TLS.',
    action: 'none',
  },
  SECRETS_REFUSED: {
    level: 'warning',
    text: '{from} was given no secrets: {why}',
    meaning: 'Secrets go only to hosts that cluster.yaml lists by MAC and UUID both.',
    action: 'If the host is to have them: pxen host set NAME uuid=UUID, as `pxen status` shows it.',
  },
  AGENT_SECRETS: {
    level: 'info',
    text: 'secrets of this host are in force: {what}',
    meaning: 'host0 has delivered accounts and keys, and they were applied.',
    action: 'none',
  },
  AGENT_NO_SECRETS: {
    level: 'warning',
    text: 'this host has no secrets: {why}',
    meaning: 'Its SSH host key is a new one at this boot, and there are no passwords.',
    action: 'Do what the sentence says; it is asked for again every few minutes.',
  },
} as const satisfies Catalogue;
