import type { Verb } from './call.ts';
import { onFile, operator } from './options.ts';

const passphrase = { value: 'FILE', meaning: 'read the passphrase from there; else it is typed' };

/** The verbs that are about secrets.yaml. */
export const SECRETS_VERBS: readonly Verb[] = [
  {
    name: 'secrets list',
    summary: 'the names in secrets.yaml, how each is kept, and where cluster.yaml names it',
    options: operator,
    load: () => import('./secretsList.ts'),
  },
  {
    name: 'secrets set',
    summary: 'set a secret; its value is typed, or comes by a pipe',
    usage: 'NAME',
    most: 2,
    options: { ...operator, wrap: { meaning: 'wrap it by the passphrase' }, passphrase },
    load: () => import('./secretsSet.ts'),
  },
  {
    name: 'secrets show',
    summary: 'how a secret is kept, and where it is used',
    usage: 'NAME',
    most: 1,
    options: { ...onFile, reveal: { meaning: 'print its value' }, passphrase },
    load: () => import('./secretsShow.ts'),
  },
  {
    name: 'secrets forget',
    summary: 'take a secret out of secrets.yaml',
    usage: 'NAME',
    most: 1,
    options: operator,
    load: () => import('./secretsForget.ts'),
  },
  {
    name: 'secrets wrap',
    summary: 'wrap secrets by a passphrase: all that are plain, or those named',
    usage: '[NAME...]',
    most: 100,
    options: { ...onFile, passphrase },
    load: () => import('./secretsWrap.ts'),
  },
  {
    name: 'secrets unwrap',
    summary: 'make wrapped secrets plain again: all, or those named',
    usage: '[NAME...]',
    most: 100,
    options: { ...onFile, passphrase },
    load: () => import('./secretsUnwrap.ts'),
  },
  {
    name: 'secrets hash',
    summary: 'make the hash of a password, which is typed or comes by a pipe',
    load: () => import('./secretsHash.ts'),
  },
  {
    name: 'secrets unlock',
    summary: 'open what is wrapped for the boot server on this machine, until that ends',
    options: { file: onFile.file, passphrase },
    load: () => import('./secretsUnlock.ts'),
  },
  {
    name: 'secrets lock',
    summary: 'shut again what pxen secrets unlock opened',
    load: () => import('./secretsLock.ts'),
  },
];
