/** Options that several verbs take. */

export const json = { meaning: 'as JSON, for programs' };
/** Of the verbs that are about cluster.yaml. */
export const onFile = {
  json,
  file: {
    value: 'FILE',
    meaning: 'this file, or that of a folder laid out like a drive (on host0 the one of its drive)',
  },
};
/** Of the verbs that ask a boot server. */
export const server = {
  server: { value: 'URL', meaning: 'the boot server to ask, such as 10.1.2.3; on a host, the one it booted from' },
  ca: { value: 'FILE', meaning: 'the certificate of its authority, PEM' },
  fingerprint: {
    value: 'SHA256:...',
    meaning: 'what host0 shows on its console; else what the server had the last time',
  },
};
/** Of the verbs that an operator may give from elsewhere. */
export const operator = {
  ...onFile,
  ...server,
  'token-file': { value: 'FILE', meaning: "the operator's token, with --server; else PXEN_TOKEN holds it" },
};
