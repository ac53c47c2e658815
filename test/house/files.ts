import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

const NOT_OURS = new Set(['node_modules', '.git', '.cache']);
const LARGEST = 2_000_000;

/** Every text file of the checkout, as git would have it. */
export function textFiles(): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((path) => !path.split('/').some((part) => NOT_OURS.has(part)) && !path.endsWith('.log'))
    .flatMap((path) => {
      const bytes = readFileSync(join(ROOT, path));
      return bytes.length > LARGEST || bytes.includes(0) ? [] : [{ path, text: bytes.toString('utf8') }];
    });
}
