/** What stands where on a drive (docs/architecture.md, "The drive"). Offsets and sizes in bytes. */

/** Where the one partition begins; GRUB's BIOS area lies before it. */
export const PARTITION_START = 2 ** 20;
/** FAT32 with LBA: the type that every system shows (docs/rules.md, rule 5). */
export const PARTITION_TYPE = 0x0c;
/** Slots for the machine's state, made once and then only rewritten in place (docs/rules.md, rule 5). */
export const SLOTS: readonly string[] = ['state/a.bin', 'state/b.bin'];
export const SLOT_BYTES = 2 ** 20;
/** SHA-256 of what firmware and network clients are started by, as sha256sum(1) writes it; `bios` is what stands before the partition. */
export const LOADER_SUMS = 'boot/loaders/sha256sums';
export const BIOS = 'bios';
/** The same bytes as a file: 440 bytes of boot code, then GRUB's core in whole sectors. A new drive is made with them. */
export const BIOS_FILE = 'boot/loaders/bios.img';
/** Bytes of code in the first sector; behind them lies the partition table. */
export const BOOT_CODE = 440;
/** Size of a drive: room for the current release, the one before it and the next one while it is written. */
export const DRIVE_BYTES = 768 * 2 ** 20;
export const GRUBENV = 'boot/grubenv';
/** GRUB's environment block has exactly this size, filled with `#` (GRUB manual, "The GRUB environment block"). */
export const GRUBENV_BYTES = 1024;
export const RELEASES = 'boot/releases';
export const CLUSTER_FILE = 'cluster.yaml';
/** The administrator's files for hosts, which settings of cluster.yaml name. */
export const OVERLAY = 'overlay';
/** Add-ons: a folder for each, with its file and what that names. */
export const ADDONS = 'addons';
export const ADDON_FILE = 'addon.yaml';
/** What GRUB gives the machine that boots from the drive (`src/core/boot/ownBlock.ts`); only ever rewritten in place. */
export const OWN_BLOCK = 'boot/grub/host0.env';
/** One cluster of the file system. */
export const OWN_BLOCK_BYTES = 4096;
/** Layers with further packages, and which of them is for which (`src/core/image/packageIndex.ts`). */
export const PACKAGES = 'boot/packages';
