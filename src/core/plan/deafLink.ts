import type { Link } from '../discover/ip.ts';

/** What leads from a container to a network that only this machine has: broadcasts of the network outside end before it. */
const INNER = new Set(['veth', 'tap', 'tun']);

/**
 * Why what machines broadcast when they boot does not arrive at an interface; undefined where nothing speaks for that. `container`:
 * the kind of container that this program runs in, whose own network mostly lies behind address translation.
 */
export function deafness(
  { name, kind }: Pick<Link, 'name' | 'kind'>,
  container: string | undefined,
): string | undefined {
  if (container === undefined || !INNER.has(kind)) return undefined;
  return `pxen runs in a container (${container}) with a network of its own: what machines broadcast outside does not arrive at ${name}`;
}
