import { DecodeError } from '../net/bytes.ts';
import type { BootArguments } from './machine.ts';

/**
 * The configuration that `xen.efi` reads (xen/docs/misc/efi.pandoc): its own arguments, and the names of kernel and ramdisk
 * in the file system it came from.
 */
export function xenConfig(args: BootArguments): string {
  const lines = [
    '[global]',
    'default=pxen',
    '',
    '[pxen]',
    `options=${args.xen.map(word).join(' ')}`,
    `kernel=${['vmlinuz', ...args.linux.map(word)].join(' ')}`,
    'ramdisk=initrd',
    'ucode=microcode',
    '',
  ];
  return lines.join('\n');
}

function word(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new DecodeError(`${JSON.stringify(text)} cannot stand in xen.cfg`);
  return text;
}
