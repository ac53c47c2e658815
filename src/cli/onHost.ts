/** What a host0 serves from: a copy in RAM of what stands on the drive (docs/boot.md). */
export const IN_RAM = '/run/pxen/drive';
/** What its boot server was begun with; no other host has it. */
export const HOST0 = '/run/pxen/host0.env';
