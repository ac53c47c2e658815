import type { Payload } from '../profile.ts';

/**
 * A configuration in the form of PXELINUX, as U-Boot's distro boot reads it (U-Boot, doc/README.pxe). Nothing is asked of a
 * person. Undefined for what U-Boot cannot start.
 */
export function pxelinuxConfig(payload: Payload, args: readonly string[]): string | undefined {
  const lines = linesOf(payload, args);
  if (lines === undefined) return undefined;
  return ['default pxen', 'prompt 0', 'timeout 1', 'label pxen', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function linesOf(payload: Payload, args: readonly string[]): string[] | undefined {
  if (payload.kind === 'local') return ['localboot 1'];
  if (payload.kind !== 'linux') return undefined;
  // A path without a slash before it would be sought beside the boot file.
  const initrds = payload.initrd.map((file) => `/${file}`).join(',');
  return [
    `kernel /${payload.kernel}`,
    ...(initrds === '' ? [] : [`initrd ${initrds}`]),
    ...(args.length === 0 ? [] : [`append ${args.join(' ')}`]),
  ];
}
