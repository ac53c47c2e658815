import { ipxeSentence } from './ipxe-text.ts';

/**
 * The script that goes on to the local disk. BIOS: iPXE starts it by itself, since the boot order would only come round to the
 * network again. UEFI: an `exit` gives the machine back to the firmware, which alone knows what its boot entries mean and
 * goes on to the next one.
 */
export const localScript = (name: string): string =>
  [
    '#!ipxe',
    `echo pxen: ${ipxeSentence(name)} boots from its local disk`,
    'iseq ${platform} efi && goto back ||',
    'sanboot --no-describe --drive 0x80 ||',
    'echo pxen: the local disk does not start, error ${errno:hexraw}',
    ':back',
    'exit',
    '',
  ].join('\n');
