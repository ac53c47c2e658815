import { parseMac, type Mac } from '../net/mac.ts';

/** A path by which something is asked for that is made for one machine, or lies elsewhere below `boot/`. */
export type MadePath =
  | { readonly kind: 'autoexec' }
  | { readonly kind: 'boot script' }
  /** `mac` where the name tells it. */
  | { readonly kind: 'pxelinux'; readonly mac: Mac | undefined }
  | { readonly kind: 'grub'; readonly mac: Mac | undefined }
  | { readonly kind: 'alias'; readonly path: string };

/**
 * What a path means (undefined for that of an ordinary file). iPXE asks for `autoexec.ipxe` beside itself and at the root;
 * U-Boot for a script of its own by DHCP, for `pxelinux.cfg/01-<mac>`, then for `default-<board>` and `default`, beside its boot file; GRUB for
 * `grub.cfg-01-<mac>` in the folder that it was made for, Debian's signed one for `/grub/grub.cfg` alone; the ROM of a
 * Raspberry Pi for everything below its serial number first, which all Pis find in one folder here.
 */
export function madePath(path: string): MadePath | undefined {
  if (/(?:^|\/)autoexec\.ipxe$/.test(path)) return { kind: 'autoexec' };
  if (/(?:^|\/)boot\.scr(?:\.uimg)?$/.test(path)) return { kind: 'boot script' };
  const [, card, usual] = /(?:^|\/)pxelinux\.cfg\/(?:01-([0-9a-f-]{17})|(default(?:-[\w-]+)?))$/i.exec(path) ?? [];
  if (card !== undefined) return { kind: 'pxelinux', mac: parseMac(card) };
  if (usual !== undefined) return { kind: 'pxelinux', mac: undefined };
  const [, booted] = /(?:^|\/)grub\.cfg-01-([0-9a-f-]{17})$/i.exec(path) ?? [];
  if (booted !== undefined) return { kind: 'grub', mac: parseMac(booted) };
  if (/(?:^|\/)grub\/(?:[\w-]+\/)?grub\.cfg$/.test(path)) return { kind: 'grub', mac: undefined };
  const [, file] = /^[0-9a-f]{8}\/(.+)$/.exec(path) ?? [];
  return file === undefined ? undefined : { kind: 'alias', path: `rpi/${file}` };
}
