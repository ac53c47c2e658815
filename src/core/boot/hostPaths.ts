/** What stage 1 knows and hands over (docs/boot.md, "Facts of a host"). Anywhere else the files of a machine are not pxen's. */
export const BOOT_FACTS = '/run/pxen/boot.env';
/** The certificate by which a host knows its boot server; absent where none came with the boot. */
export const AUTHORITY = '/run/pxen/ca.pem';
