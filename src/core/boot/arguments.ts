/**
 * What Xen and dom0's Linux are told at boot, the same from the drive and from the network. Everything about one host
 * stands in its facts instead (iPXE's multiboot has 512 bytes for all command lines together).
 */

/**
 * - `dom0_mem`: a fixed base for the root in RAM and the agent, and 2 % of the machine for what grows with it;
 *   `max` as well, so that dom0's tables are no larger than needed.
 * - `ucode=scan`: microcode travels as an uncompressed cpio at the head of the initrd.
 * - `watchdog`: a Xen that hangs reboots; a crash reboots by default.
 */
export const XEN_ARGS: readonly string[] = [
  'dom0_mem=820M+2%,max:820M+2%',
  'dom0_max_vcpus=1-4',
  'com1=115200,8n1',
  'console=com1,vga',
  'ucode=scan',
  'watchdog',
];

/** `panic=10`: a dom0 that panics takes the host down and up again. `start_ro`: arrays are looked at before they are written. */
export const LINUX_ARGS: readonly string[] = [
  'console=tty0',
  'console=hvc0',
  'panic=10',
  'quiet',
  'systemd.show_status=1',
  'loglevel=4',
  'md_mod.start_ro=1',
];
