import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { CHECKOUT } from './paths.ts';

const MODULES = join(CHECKOUT, 'node_modules');

/** Libraries of hundreds of small files, each made one: a slow host reads one file much sooner, and only what is needed. */
const BUNDLED = ['yaml', 'zod'];
/** Libraries that go as npm delivered them: native code, or small. */
const COPIED = ['@noble/hashes', 'koffi', '@koromix/koffi-linux-x64'];
/** Parts of them that only other machines than a host read. */
const UNUSED = /\.(d\.[cm]?ts|map|md)$|\/koffi\/(vendor|doc)(\/|$)|\/musl_x64(\/|$)/;

/** Puts the libraries of the program into the `node_modules` of a host. */
export async function libraries(target: string): Promise<void> {
  for (const name of BUNDLED) await bundle(name, join(target, name));
  for (const name of COPIED) {
    await cp(join(MODULES, name), join(target, name), { recursive: true, filter: (path) => !UNUSED.test(path) });
  }
}

async function bundle(name: string, folder: string): Promise<void> {
  const { build } = await import('esbuild');
  await mkdir(folder, { recursive: true });
  await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: CHECKOUT },
    outfile: join(folder, 'index.js'),
    absWorkingDir: CHECKOUT,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'node24',
    plugins: [ONLY_ENGLISH],
  });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ name, type: 'module', exports: './index.js' })}\n`);
  await cp(join(MODULES, name, 'LICENSE'), join(folder, 'LICENSE'));
}

/** zod carries its messages in forty languages; a host speaks one. */
const ONLY_ENGLISH: Plugin = {
  name: 'only-english',
  setup: (build) => {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: join(MODULES, 'zod', 'v4', 'locales'),
    }));
  },
};
