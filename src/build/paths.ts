import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout that this program runs from. */
export const CHECKOUT = join(import.meta.dirname, '..', '..');

/** Where finished pieces wait for the next build: `PXEN_CACHE`, else the user's cache folder (XDG Base Directory). */
export const cacheFolder = (): string =>
  process.env['PXEN_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pxen');

export const LOCK_FILE = join(CHECKOUT, 'image', 'lock.json');

/** The shell scripts that run inside the tools root. */
export const SCRIPTS = join(CHECKOUT, 'image', 'build');
