import { forgetKeyring } from '../shell/keyring.ts';

/** `pxen secrets lock`: takes the keys of `pxen secrets unlock` out of RAM. Hosts keep what they were given until they end. */
export async function run(): Promise<number> {
  process.stdout.write((await forgetKeyring()) ? 'what is wrapped is shut again\n' : 'it was not open\n');
  return 0;
}
