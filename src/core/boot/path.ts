/**
 * The path below `boot/` that a client means, or undefined where it would lead out of it. Firmware asks with a leading `/`,
 * with `\`, and with doubled separators. URLs are decoded before.
 */
export function confinedPath(asked: string): string | undefined {
  const parts = asked
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  // eslint-disable-next-line no-control-regex -- a NUL or a line end in a name is an attack or a mistake
  const isFine = parts.length > 0 && parts.every((part) => part !== '..' && !/[\u0000-\u001f\u007f]/.test(part));
  return isFine ? parts.join('/') : undefined;
}
