import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { builtLoaders } from '../build/loaders.ts';
import { cacheFolder, CHECKOUT } from '../build/paths.ts';
import { LOADER_FILES } from '../core/boot/loaders.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import { createHash } from '../shell/builtin.ts';
import { Failure, fileReason } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';

const NAMES = LOADER_FILES.flatMap((path) => (path.startsWith('loaders/') ? path.slice('loaders/'.length) : []));

/** `pxen serve --init`: a folder that can be served. What is there already is left alone. */
export async function makeFolder(dir: string): Promise<number> {
  const file = join(dir, CLUSTER_FILE);
  if (await isThere(file)) throw new Failure(`${file} is there already`, `Serve it: pxen serve ${dir}.`, 2);
  const loaders = join(dir, 'boot', 'loaders');
  const said = await fill(loaders, file).catch((cause: unknown) => {
    throw new Failure(`${dir} cannot be made: ${fileReason(cause)}`, 'Name another folder.', 2, cause);
  });
  process.stdout.write(
    [
      `${dir} is made: edit ${CLUSTER_FILE} (pxen check ${dir} tells what is wrong with it), put kernels below boot/`,
      ...said,
      `then, as root: pxen serve ${dir}`,
      '',
    ].join('\n'),
  );
  return 0;
}

/** Loaders first: only a folder that is whole has a cluster.yaml. */
async function fill(loaders: string, file: string): Promise<string[]> {
  await mkdir(loaders, { recursive: true });
  const said = await copyLoaders(loaders);
  const text = await readFile(join(CHECKOUT, 'image', 'drive', CLUSTER_FILE), 'utf8');
  await writeFile(file, text, { flag: 'wx' });
  return said;
}

/** Copies what loaders there are, and gives what is to be said of each. */
async function copyLoaders(to: string): Promise<string[]> {
  const said: string[] = [];
  for (const path of await sources()) {
    const name = basename(path);
    const target = join(to, name);
    if ((await isThere(target)) || !(await isThere(path))) continue;
    await copyFile(path, target);
    const sha256 = createHash('sha256')
      .update(await readFile(target))
      .digest('hex');
    said.push(`boot/loaders/${name} from ${dirname(path)}, SHA-256 ${sha256}`);
  }
  const none =
    'no loader was found: install the package ipxe (Debian, Ubuntu), or put undionly.kpxe and snponly.efi into';
  return said.length > 0 ? said : [`${none} ${to}`];
}

/** Where loaders may be, the better first: those that drives are built from, then those of this machine. */
async function sources(): Promise<string[]> {
  const tools = join(cacheFolder(), 'tools');
  const built = await readdir(tools).catch(() => []);
  const folders = built
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((key) => join(tools, key, 'root', 'usr', 'lib', 'ipxe'));
  const debian = [...folders, '/usr/lib/ipxe', '/usr/share/ipxe'];
  const own = (await builtLoaders()).map(({ path }) => path);
  return [...own, ...debian.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
}
