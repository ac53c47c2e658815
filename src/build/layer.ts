import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { EPOCH } from '../core/image/recipe.ts';
import { piece, type Piece, type Tell } from './cache.ts';
import { filesBelow, hashLines } from './inputs.ts';
import { CHECKOUT } from './paths.ts';
import type { Tools } from './tools.ts';

/** Rooms of the program that a host needs; the rest builds images and stays at home. */
const ROOMS = ['core', 'shell', 'host0', 'agent', 'cli'];
/** Libraries of the program on a host, as npm delivered them. */
const LIBRARIES = ['yaml', 'zod', '@noble/hashes', 'koffi', '@koromix/koffi-linux-x64'];
const OVERLAY = join(CHECKOUT, 'image', 'host');
const PROGRAM = 'usr/lib/pxen';

/** pxen's part of a host, a thin layer over Debian's: units, settings, and the program, its types stripped. */
export async function pxenLayer(tools: Tools, tell: Tell): Promise<Piece> {
  const sources = (await filesBelow(join(CHECKOUT, 'src'))).filter(isForHosts);
  const libraries = JSON.parse(await readFile(join(CHECKOUT, 'package-lock.json'), 'utf8')) as unknown;
  const inputs = [
    `tools ${tools.key}`,
    `libraries ${JSON.stringify(libraries).length} ${await hashOf(libraries)}`,
    ...(await hashLines(OVERLAY, 'image/host/')),
    ...(await hashLines(join(CHECKOUT, 'src'), 'src/')).filter((line) => isForHosts(line.split(' ')[1]?.slice(4) ?? '')),
  ];
  return piece('layer', inputs, tell, async (fresh) => {
    await cp(OVERLAY, join(fresh, 'tree'), { recursive: true, verbatimSymlinks: true });
    await program(join(fresh, 'tree', PROGRAM), sources);
    await symlink(`../lib/pxen/pxen`, join(fresh, 'tree/usr/bin/pxen')).catch(() => undefined);
    await tools.run(['env', '-u', 'SOURCE_DATE_EPOCH', 'mksquashfs', '/work/out/tree', '/work/out/pxen.squashfs', ...SQUASH], { out: fresh });
    await tools.run(['rm', '-rf', '/work/out/tree'], { out: fresh });
  });
}

const SQUASH = ['-comp', 'zstd', '-Xcompression-level', '22', '-b', '128K', '-noappend', '-no-progress', '-quiet'].concat(
  ['-all-root', '-no-xattrs', '-all-time', String(EPOCH), '-mkfs-time', String(EPOCH)],
);

function isForHosts(file: string): boolean {
  return ROOMS.some((room) => file.startsWith(`${room}/`)) && !file.endsWith('.test.ts') && !file.includes('/fake/');
}

async function hashOf(value: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(value)));
  return Buffer.from(digest).toString('hex');
}

async function program(target: string, sources: readonly string[]): Promise<void> {
  for (const file of sources) {
    const text = await readFile(join(CHECKOUT, 'src', file), 'utf8');
    const stripped = file.endsWith('.ts') ? withoutTypes(text) : text;
    const place = join(target, 'src', file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, stripped);
  }
  for (const name of LIBRARIES) {
    const filter = (path: string): boolean => !/\.(d\.[cm]?ts|map|md)$|\/node_modules\/[^/]+\/(src|locales)\//.test(path);
    await cp(join(CHECKOUT, 'node_modules', name), join(target, 'node_modules', name), { recursive: true, filter });
  }
  await cp(join(CHECKOUT, 'package.json'), join(target, 'package.json'));
  await cp(join(CHECKOUT, 'pxen'), join(target, 'pxen'));
  await mkdir(join(target, 'bin'), { recursive: true });
  await mkdir(join(target, '..', '..', 'bin'), { recursive: true });
  await symlink('../../../bin/node', join(target, 'bin', 'node'));
}

/** JavaScript on the same lines and columns; imports name the files as they are called on a host. */
function withoutTypes(text: string): string {
  const stripped = stripTypeScriptTypes(text, { mode: 'strip' });
  return stripped.replaceAll(/(from\s+|import\s*\(?\s*)'(\.[^']*)\.ts'/g, "$1'$2.js'");
}
