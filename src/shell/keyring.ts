import * as fs from 'node:fs/promises';

/** /run is in RAM (file-hierarchy(7)), and only root reads this file. */
export const KEYRING_FILE = '/run/pxen/unlocked';

/** Puts the keys to what is wrapped where the boot server of this machine looks for them; gives that place. */
export async function keepKeyring(text: string): Promise<string> {
  await fs.mkdir('/run/pxen', { recursive: true });
  await fs.rm(`${KEYRING_FILE}.new`, { force: true });
  await fs.writeFile(`${KEYRING_FILE}.new`, text, { mode: 0o600 });
  await fs.rename(`${KEYRING_FILE}.new`, KEYRING_FILE);
  return KEYRING_FILE;
}

/** False where there were none. */
export async function forgetKeyring(): Promise<boolean> {
  const isThere = await fs.stat(KEYRING_FILE).catch(() => undefined);
  await fs.rm(KEYRING_FILE, { force: true });
  return isThere !== undefined;
}
