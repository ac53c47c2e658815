import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OVMF_IA32 } from '../../lab/tools.ts';
import { builtLoaders, ensureLoader } from '../../src/build/loaders.ts';
import { sentenceOf } from '../../src/shell/fail.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { SERVER, Site, skip } from '../fixtures/firmwareSite.ts';

/** 32-bit UEFI, for which Debian has no loader: one is built from source, if none was built here before. */

const say = (what: string): void => void process.stderr.write(`${what}\n`);

async function loader(): Promise<string | Error> {
  const built = (await builtLoaders()).find(({ kind }) => kind === 'uefi-ia32');
  return built?.path ?? ensureLoader('uefi-ia32', undefined, say).then(({ path }) => path, asError);
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const found = skip === false ? await loader() : skip;
/** Mirrors need not hold sources; what fails otherwise is no reason to skip. */
const why = found instanceof Error && /source of \S+ \S+ cannot be had/.test(found.message) ? sentenceOf(found) : skip;

const file = `http://${SERVER}/boot/trial/checked.ipxe`;
const IA32: Trial = {
  name: 'ia32',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  payload: { script: `chain ${file}` },
  capture: 'ovmf-ia32-pxe',
};
const site = new Site({
  role: 'full',
  ovmf: OVMF_IA32,
  trials: [IA32],
  prepare: async ({ folder, code }) => {
    if (typeof found !== 'string') throw found;
    await copyFile(found, join(folder, 'boot', 'loaders', 'snponly-ia32.efi'));
    // No kernel of ours runs from 32-bit UEFI: the file that is checked is a script, which shows what stands in no other file.
    await writeFile(join(folder, 'boot', 'trial', 'checked.ipxe'), `#!ipxe\necho trial: ${code(IA32)}\nsleep 60\n`);
  },
});

before(() => (why === false ? site.open() : undefined));
after(() => site.close());

test(
  'G: OVMF for 32 bits gets the loader that was built from source by PXE, and that a checked file',
  { skip: why },
  async () => {
    const { said } = await site.boot(IA32);
    assert.match(said, /\(firmware\) ack \S+ loaders\/snponly-ia32\.efi \[firmware\.loader\]/);
    assert.match(said, /BOOT_STEP \S+ loader loaders\/snponly-ia32\.efi/);
    assert.match(said, /BOOT_STEP \S+ handed over/);
  },
);
