/** What a machine says of itself with the request for its script; a build of iPXE may not know either. */
export interface MemorySaid {
  /** `pcbios` or `efi`. */
  readonly platform: string | undefined;
  /** NaN or 0 where it is not said. */
  readonly megabytes: number;
}

const MIB = 2 ** 20;
/** x86 Linux takes an initrd below this address only, where it is loaded by BIOS (Documentation/arch/x86/boot.rst, initrd_addr_max). */
const BIOS_CEILING = 2048;
/** For Linux itself, before it has unpacked anything. */
const KERNEL_ROOM = 128;

/**
 * Why a machine cannot boot a kernel and initrds of these sizes (bytes); undefined where nothing speaks against it. While it
 * is unpacked, an initrd takes its own size and at least as much again.
 */
export function memoryProblem(said: MemorySaid, kernel: number, initrds: number): string | undefined {
  const [first, second] = [Math.ceil(kernel / MIB), Math.ceil(initrds / MIB)];
  if (said.platform === 'pcbios' && first + second > BIOS_CEILING) {
    return `kernel and initrds have ${first + second} MiB, and BIOS loads at most ${BIOS_CEILING}: boot it by UEFI, or fetch the rest from Linux`;
  }
  const needed = first + 2 * second + KERNEL_ROOM;
  if (!(said.megabytes > 0) || said.megabytes >= needed) return undefined;
  return `this machine has ${said.megabytes} MiB of memory, and its kernel and initrds need ${needed}`;
}
