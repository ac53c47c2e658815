/**
 * Modules of Node that must not be imported: an import reads every export, and two of `http`'s are made by loading the
 * whole of `fetch`, two of `crypto`'s by loading WebCrypto. That doubles the start of a program of a host.
 */
export const nodeHttp = (): typeof import('node:http') => process.getBuiltinModule('node:http');

export const nodeHttps = (): typeof import('node:https') => process.getBuiltinModule('node:https');

export const nodeCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

export const createHash: typeof import('node:crypto').createHash = (...words) =>
  process.getBuiltinModule('node:crypto').createHash(...words);
