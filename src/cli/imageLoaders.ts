import { resolve } from 'node:path';
import { listLoaders, loadersJson } from '../build/listLoaders.ts';
import { ensureLoader } from '../build/loaders.ts';
import { isBuilt } from '../core/boot/loaders.ts';
import { Failure } from '../shell/fail.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';

/** `pxen image loaders`: builds what is asked for, then lists all loaders. */
export async function run({ switches, values }: Call): Promise<number> {
  const kinds = (values['build'] ?? '').split(',').filter((kind) => isBuilt(kind));
  const own = values['source'] === undefined ? undefined : resolve(values['source']);
  if (own !== undefined && kinds.length === 0)
    throw new Failure('--source is for building', 'Say what to build from it: --build uefi-ia32.', 2);
  if (kinds.length > 0) await install(['image'], thisMachine(switches.has('yes')));
  for (const kind of kinds) await withProgress((step) => ensureLoader(kind, own, step));
  const loaders = await listLoaders();
  process.stdout.write(
    switches.has('json')
      ? `${JSON.stringify(loadersJson(loaders), undefined, 2)}\n`
      : `${loaders.flatMap(lines).join('\n')}\n${ADVICE}\n`,
  );
  return 0;
}

const ADVICE = `What is there goes onto the next drive (\`pxen drive build\`); into a folder that is served, copy it to boot/loaders/.`;

type Listed = Awaited<ReturnType<typeof listLoaders>>[number];

function lines({ kind, file, by, from, present }: Listed): string[] {
  const what = `${kind.padEnd(13)} ${file.padEnd(20)}`;
  if (present === undefined) return [`${what} ${by === 'debian' ? NOT_UNPACKED : buildWith(kind, from)}`];
  const indent = ' '.repeat(14);
  return [
    `${what} ${by === 'debian' ? "Debian's" : 'built from'} ${from}`,
    `${indent} SHA-256 ${present.sha256}`,
    `${indent} ${present.path}`,
  ];
}

const NOT_UNPACKED = 'not unpacked yet: `pxen image build` does that';

const buildWith = (kind: string, from: string): string =>
  `missing: \`pxen image loaders --build ${kind}\` builds it${from === '' ? '' : ` from the source of ${from}`}`;
