import { isThere } from './isThere.ts';

/** What marks a container, as its maker writes it. */
const MARKS = [
  ['/.dockerenv', 'Docker'],
  ['/run/.containerenv', 'Podman'],
  ['/run/secrets/kubernetes.io', 'Kubernetes'],
] as const;

/** The kind of container that this program runs in; undefined where it runs in none of those that say so. */
export async function containerKind(): Promise<string | undefined> {
  for (const [path, kind] of MARKS) if (await isThere(path)) return kind;
  return undefined;
}
