import { FEATURE } from '../../src/core/boot/client.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { edk2HttpBoot, edk2Pxe, type Outcome } from '../fixtures/clients/edk2.ts';
import type { IpxeTraits } from '../fixtures/clients/ipxe.ts';
import { ipxeAutoboot, type IpxeEnd } from '../fixtures/clients/ipxeBoot.ts';
import type { ScriptEnd } from '../fixtures/clients/ipxeScript.ts';
import { SystemClient } from '../fixtures/clients/system.ts';
import type { Machine } from '../fixtures/clients/wire.ts';
import { RELEASE } from '../fixtures/rig.ts';
import type { MachineKind } from './weather.ts';

/** A machine from power-on until its system has an address; what fails is begun anew, as firmware does. */

/** What the world must know of a machine. */
export interface Watch {
  /** The machine uses this address from now on. */
  readonly holds: (address: Ipv4) => void;
  /** It starts anew, and uses none. */
  readonly restarts: (why: string) => void;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Raised for what must never be, however bad the weather: wrong bytes, say. */
export class Broken extends Error {}

const UEFI: IpxeTraits = { arch: 7, features: [FEATURE.http, FEATURE.efi] };
const BIOS: IpxeTraits = { arch: 0, features: [FEATURE.http, FEATURE.multiboot] };
const ROM: IpxeTraits = { arch: 0, features: [] };
/** Milliseconds from a failure to the next attempt, and attempts after which a machine is given up. */
const PAUSE = 5000;
const MOST_TRIES = 60;

export async function lifeOf(machine: Machine, kind: MachineKind, watch: Watch): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const why = await attempt(machine, kind, watch);
    if (why === undefined) return;
    watch.restarts(why);
    await machine.clock.sleep(PAUSE);
  }
  throw new Broken(`${kind} ${machine.mac} does not boot`);
}

/** Undefined when the system runs, else what went wrong. */
async function attempt(machine: Machine, kind: MachineKind, watch: Watch): Promise<string | undefined> {
  try {
    if (kind !== 'system') {
      const traits = kind === 'bios' || kind === 'ipxe' ? BIOS : UEFI;
      if (kind !== 'ipxe') await firmware(machine, kind, watch);
      await payload(await ipxeAutoboot(machine, traits), watch);
    }
    const lease = await new SystemClient(machine).bind();
    if (lease === undefined) return 'no lease';
    watch.holds(lease.address);
    return undefined;
  } catch (error) {
    if (error instanceof Broken || !(error instanceof Error)) throw error;
    return error.message;
  }
}

async function firmware(machine: Machine, kind: MachineKind, watch: Watch): Promise<void> {
  if (kind === 'bios') {
    const end = await ipxeAutoboot(machine, ROM);
    // A server that knows it had its loader gives it the script at once.
    if (end.kind === 'loader') same(end.bytes, watch, 'loaders/undionly.kpxe');
    if (end.kind === 'failed') throw new Error(end.why);
    return watch.holds(end.address);
  }
  const outcome: Outcome =
    kind === 'uefi-http' ? await edk2HttpBoot(machine) : await edk2Pxe(machine, { isOld: kind === 'uefi-old' });
  if (outcome.kind === 'failed') throw new Error(outcome.why);
  watch.holds(outcome.address);
  same(outcome.bytes, watch, 'loaders/snponly.efi');
}

async function payload(end: IpxeEnd, watch: Watch): Promise<void> {
  if (end.kind === 'loader') throw new Broken('our iPXE was given the loader that it is');
  if (end.kind === 'failed') throw new Error(end.why);
  watch.holds(end.address);
  if (end.end.kind !== 'booted') throw new Error(`the script ended with ${end.end.kind}`);
  whole(end.end, watch);
}

/** Every image is what the release has under its name; the initrd begins with the release's and goes on with facts. */
function whole({ images }: ScriptEnd, watch: Watch): void {
  for (const [name, bytes] of images) {
    const wanted = watch.files.get(`releases/${RELEASE}/${name}`);
    if (name === 'initrd') same(bytes.subarray(0, wanted?.length), watch, `releases/${RELEASE}/initrd`);
    else if (wanted !== undefined) same(bytes, watch, `releases/${RELEASE}/${name}`);
  }
  const kernel = images.has('xen') || images.has('xen.efi');
  if (!kernel || !images.has('vmlinuz') || !images.has('initrd'))
    throw new Broken(`booted without ${[...images.keys()].join(', ')}`);
}

function same(bytes: Uint8Array, { files }: Watch, path: string): void {
  if (!Buffer.from(files.get(path) ?? []).equals(bytes)) throw new Broken(`${path} is not what was sent`);
}
