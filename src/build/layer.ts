import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { EPOCH } from '../core/image/recipe/packages.ts';
import type { Plan } from './cache.ts';
import { filesBelow, hashLines } from './inputs.ts';
import { libraries } from './libraries.ts';
import { CHECKOUT } from './paths.ts';
import { fileHash } from './record.ts';
import type { Tools } from './tools.ts';

/** Rooms of the program that a host needs; the rest builds images and stays at home. */
const ROOMS = ['core', 'shell', 'host0', 'agent', 'cli'];
const OVERLAY = join(CHECKOUT, 'image', 'host');
const PROGRAM = 'usr/lib/pxen';
/** What else of the checkout goes in, or says how. */
const ALSO = ['pxen', 'package.json', 'src/build/layer.ts', 'src/build/libraries.ts'];

/** pxen's part of a host, a thin layer over Debian's: units, settings, and the program, its types stripped. */
export async function layerPlan(tools: Tools): Promise<Plan> {
  const sources = (await filesBelow(join(CHECKOUT, 'src'))).filter(isForHosts);
  const lockfile = JSON.stringify(JSON.parse(await readFile(join(CHECKOUT, 'package-lock.json'), 'utf8')));
  const inputs = [
    `tools ${tools.key}`,
    `libraries ${lockfile.length} ${createHash('sha256').update(lockfile).digest('hex')}`,
    ...(await Promise.all(ALSO.map(async (name) => `file ${name} ${await fileHash(join(CHECKOUT, name))}`))),
    ...(await hashLines(OVERLAY, 'image/host/')),
    ...(await hashLines(join(CHECKOUT, 'src'), 'src/')).filter((line) =>
      isForHosts(line.split(' ')[1]?.slice(4) ?? ''),
    ),
  ];
  return { name: 'layer', inputs, room: 0.05e9, make: (fresh) => makeLayer(fresh, sources, tools) };
}

async function makeLayer(fresh: string, sources: readonly string[], tools: Tools): Promise<void> {
  await cp(OVERLAY, join(fresh, 'tree'), { recursive: true, verbatimSymlinks: true });
  await program(join(fresh, 'tree', PROGRAM), sources);
  await symlink('../lib/pxen/pxen', join(fresh, 'tree/usr/bin/pxen')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  // A checkout's modes follow the umask of whoever made it; an image's do not.
  await tools.run(['chmod', '-R', 'u=rwX,go=rX', '/work/out/tree'], { out: fresh });
  const squash = [
    'env',
    '-u',
    'SOURCE_DATE_EPOCH',
    'mksquashfs',
    '/work/out/tree',
    '/work/out/pxen.squashfs',
    ...SQUASH,
  ];
  await tools.run(squash, { out: fresh });
  await tools.run(['rm', '-rf', '/work/out/tree'], { out: fresh });
}

const SQUASH = [
  '-comp',
  'zstd',
  '-Xcompression-level',
  '22',
  '-b',
  '128K',
  '-noappend',
  '-no-progress',
  '-quiet',
].concat(['-all-root', '-no-xattrs', '-all-time', String(EPOCH), '-mkfs-time', String(EPOCH)]);

function isForHosts(file: string): boolean {
  if (file.startsWith('core/image/recipe/')) return false;
  return ROOMS.some((room) => file.startsWith(`${room}/`)) && !file.endsWith('.test.ts') && !file.includes('/fake/');
}

async function program(target: string, sources: readonly string[]): Promise<void> {
  for (const file of sources) {
    const text = await readFile(join(CHECKOUT, 'src', file), 'utf8');
    const stripped = file.endsWith('.ts') ? withoutTypes(text) : text;
    const place = join(target, 'src', file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, stripped);
  }
  await libraries(join(target, 'node_modules'));
  await cp(join(CHECKOUT, 'package.json'), join(target, 'package.json'));
  await cp(join(CHECKOUT, 'pxen'), join(target, 'pxen'));
  await mkdir(join(target, 'bin'), { recursive: true });
  await mkdir(join(target, '..', '..', 'bin'), { recursive: true });
  await symlink('../../../bin/node', join(target, 'bin', 'node'));
}

/** JavaScript on the same lines and columns; imports and workers name the files as they are called on a host. */
function withoutTypes(text: string): string {
  const stripped = stripTypeScriptTypes(text, { mode: 'strip' });
  return stripped.replaceAll(/(from\s+|import\s*\(?\s*|new URL\()'(\.[^']*)\.ts'/g, "$1'$2.js'");
}
