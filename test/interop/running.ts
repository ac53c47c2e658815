import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestText } from '../../src/core/image/manifest.ts';
import { run, type RunResult } from '../../src/shell/run.ts';
import { BOOT_FILES, RELEASE } from '../fixtures/rig.ts';

const SERVE = join(import.meta.dirname, 'serve.ts');

/** A process in a namespace, what it says, and the way to end it. */
export class Running {
  readonly #ending = new AbortController();
  /** What it said when it ended well by itself; undefined where it was ended, or failed. */
  readonly ended: Promise<RunResult | undefined>;
  said = '';

  constructor(space: string, command: readonly string[]) {
    const options = { signal: this.#ending.signal, onOutput: (text: string) => void (this.said += text) };
    // Ended by the signal at last, which is no failure.
    this.ended = run(['ip', 'netns', 'exec', space, ...command], options).catch((error: unknown) => {
      this.said += `\n${String(error)}`;
      return undefined;
    });
  }

  async until(text: string | RegExp): Promise<void> {
    for (let tries = 0; !(typeof text === 'string' ? this.said.includes(text) : text.test(this.said)); tries += 1) {
      assert.ok(tries < 600, `did not say ${String(text)}, but: ${this.said}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, 50);
      await promise;
    }
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.ended;
  }
}

/** Writes what it is told, for udhcpc: address, file, server, lease time and some options. */
const LEASE_SCRIPT = `#!/bin/sh
[ "$1" = bound ] || exit 0
echo "$ip/$mask $boot_file $siaddr $hostname $lease ntp=$ntpsrv"
`;

/** A folder laid out like a drive, with this cluster.yaml; `script` in it is for udhcpc. */
export async function layDrive(cluster: string): Promise<{ folder: string; script: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-drive-'));
  const text = manifestText({ release: RELEASE, files: [] });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const files = new Map<string, string | Uint8Array>([
    ...[...BOOT_FILES].map(([path, bytes]) => [`boot/${path}`, bytes] as const),
    [`boot/releases/${RELEASE}/manifest`, text],
    ['boot/grubenv', `# GRUB Environment Block\ncurrent=${RELEASE}\ncurrent_manifest=${sha256}\n###`],
    ['cluster.yaml', cluster],
    ['lease.sh', LEASE_SCRIPT],
  ]);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await chmod(join(folder, 'lease.sh'), 0o755);
  return { folder, script: join(folder, 'lease.sh') };
}

/** Starts `pxen host0` in a namespace, and waits until it serves. */
export async function startServer(space: string, folder: string, name: string, address: string): Promise<Running> {
  const flags = ['--dir', folder, '--interface', name, '--address', address, '--journal', join(folder, 'leases')];
  const server = new Running(space, [process.execPath, SERVE, ...flags]);
  await server.until('BOOT_SERVING');
  return server;
}

export const removeDrive = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
