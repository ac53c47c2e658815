import type { Mac } from '../../net/mac.ts';
import { nodePath } from '../nodeFile.ts';
import type { Payload } from '../profile.ts';

/**
 * A configuration in the form of PXELINUX, as U-Boot reads it (U-Boot, doc/README.pxe). Nothing is asked of a person.
 * Undefined for what U-Boot cannot start.
 */
export function pxelinuxConfig(mac: Mac, payload: Payload, args: readonly string[]): string | undefined {
  const lines = linesOf(mac, payload, args);
  if (lines === undefined) return undefined;
  return ['default pxen', 'prompt 0', 'timeout 1', 'label pxen', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function linesOf(mac: Mac, payload: Payload, args: readonly string[]): string[] | undefined {
  if (payload.kind === 'local') return ['localboot 1'];
  if (payload.kind !== 'linux') return undefined;
  // U-Boot seeks every path beside its boot file, also one with a slash before it, and takes one initrd (boot/pxe_utils.c).
  return [
    `kernel ${nodePath({ mac, part: 'kernel' })}`,
    ...(payload.initrd.length === 0 ? [] : [`initrd ${nodePath({ mac, part: 'initrds' })}`]),
    ...(args.length === 0 ? [] : [`append ${args.join(' ')}`]),
  ];
}
