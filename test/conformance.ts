import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './house/sources.ts';
import { pageText } from './conformance/page.ts';

/** `node test/conformance.ts` says whether docs/conformance.md is current; with `--write` it makes it so. */

const page = join(ROOT, 'docs', 'conformance.md');
if (process.argv.includes('--write')) writeFileSync(page, pageText());
const isCurrent = readFileSync(page, 'utf8') === pageText();
process.stdout.write(`docs/conformance.md is ${isCurrent ? '' : 'not '}current\n`);
process.exitCode = isCurrent ? 0 : 1;
