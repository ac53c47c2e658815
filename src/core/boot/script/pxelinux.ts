import type { Mac } from '../../net/mac.ts';
import { nodePath } from '../nodeFile.ts';
import type { Profile } from '../profile.ts';

/**
 * A configuration in the form of PXELINUX, as U-Boot reads it (U-Boot, doc/README.pxe). Nothing is asked of a person. What U-Boot
 * cannot start it says on the console, and goes on to what it tries next: an EFI file by DHCP, on most boards.
 */
export function pxelinuxConfig(mac: Mac, profile: Pick<Profile, 'name' | 'payload'>, args: readonly string[]): string {
  const lines = linesOf(mac, profile, args);
  return ['default pxen', 'prompt 0', 'timeout 1', 'label pxen', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function linesOf(mac: Mac, { name, payload }: Pick<Profile, 'name' | 'payload'>, args: readonly string[]): string[] {
  switch (payload.kind) {
    case 'local':
      return ['localboot 1'];
    case 'linux':
      // U-Boot seeks every path beside its boot file, also one with a slash before it, and takes one initrd (boot/pxe_utils.c).
      return [
        `kernel ${nodePath({ mac, part: 'kernel' })}`,
        ...(payload.initrd.length === 0 ? [] : [`initrd ${nodePath({ mac, part: 'initrds' })}`]),
        ...(args.length === 0 ? [] : [`append ${args.join(' ')}`]),
      ];
    case 'xen':
    case 'script':
      return [`menu label pxen: profile ${name} is of the kind ${payload.kind}, which iPXE starts and U-Boot does not`];
  }
}
