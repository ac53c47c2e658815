import { COMPILER_ROOTS } from './loaders.ts';

/** Packages of everything that is built, as data. `src/build` carries it out. */

export const SUITE = 'trixie';
export const COMPONENTS = 'main non-free-firmware';
/** Every time stamp in what is built: the same inputs give the same bytes (2026-01-01). */
export const EPOCH = 1_767_225_600;

/** Packages of each root, beside the essential ones. */
export const ROOTS: Readonly<Record<string, readonly string[]>> = {
  /** Runs the build, so that the building machine's own tools do not matter. */
  tools: [
    'binutils',
    'busybox-static',
    'cpio',
    'dosfstools',
    'fdisk',
    'grub-common',
    'grub-efi-amd64-bin',
    'grub-pc-bin',
    'ipxe',
    'kmod',
    'mmdebstrap',
    'mount',
    'mtools',
    'squashfs-tools',
    'xz-utils',
    'zstd',
  ],
  /** What runs on a host from RAM: dom0. */
  host: [
    'amd64-microcode',
    'arping',
    'busybox-static',
    'chrony',
    'dmidecode',
    'dosfstools',
    'e2fsprogs',
    'ethtool',
    'firmware-bnx2',
    'firmware-bnx2x',
    'firmware-intel-misc',
    'firmware-linux-free',
    'firmware-misc-nonfree',
    'firmware-qlogic',
    'firmware-realtek',
    'intel-microcode',
    'iproute2',
    'kmod',
    'less',
    'linux-image-amd64',
    'login',
    'lvm2',
    'mdadm',
    'nftables',
    'openssh-server',
    'smartmontools',
    'systemd-sysv',
    'udev',
    'vim-tiny',
    'xen-hypervisor-4.20-amd64',
    'xen-utils-4.20',
    'xfsprogs',
    'xz-utils',
    'zstd',
  ],
  /** QEMU for HVM guests: a further layer, fetched after ready. Holds only what `host` has not. */
  hvm: ['qemu-system-xen', 'qemu-utils', 'seabios', 'ovmf', 'ipxe-qemu'],
  ...COMPILER_ROOTS,
};
