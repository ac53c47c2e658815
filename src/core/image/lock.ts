import { z } from 'zod';

/** The lock: every package that goes into the tools and the images, by name, version and SHA-256 (docs/rules.md, rule 10). */
const lockedPackage = z.strictObject({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes of the .deb. */
  size: z.int(),
});

/** A source package: the files that dpkg-source(1) unpacks. */
const lockedSource = z.strictObject({
  name: z.string(),
  version: z.string(),
  files: z.array(
    z.strictObject({
      name: z.string().regex(/^[\w.+~-]+$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int(),
    }),
  ),
});

export const lockSchema = z.strictObject({
  schema: z.literal('pxen.lock/1'),
  suite: z.string(),
  /** Names of packages by root, sorted; each is found in `packages`. */
  roots: z.record(z.string(), z.array(z.string())),
  packages: z.record(z.string(), lockedPackage),
  /** Sources of loaders that are built on wish, by name. */
  sources: z.record(z.string(), lockedSource).default({}),
});

export type LockedPackage = z.infer<typeof lockedPackage>;
export type LockedSource = z.infer<typeof lockedSource>;
export type Lock = z.infer<typeof lockSchema>;

/** The packages of one root, in the lock's order. */
export function packagesOf(lock: Lock, root: string): LockedPackage[] {
  return (lock.roots[root] ?? []).map((name) => {
    const found = lock.packages[name];
    if (found === undefined) throw new Error(`the lock lists ${name} for ${root} but does not describe it`);
    return found;
  });
}

/** One line a package: what a cache key of a root is made of. */
export const packageLines = (packages: readonly LockedPackage[]): string[] =>
  packages.map((p) => `package ${p.name} ${p.version} ${p.sha256}`);

/** What an update of the lock changes, for people: `+ new 1.0`, `- gone 2.0`, `~ changed 1.0 -> 1.1`. */
export function lockDifference(before: Lock, after: Lock): string[] {
  const names = [...new Set([...Object.keys(before.packages), ...Object.keys(after.packages)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.packages[name], after.packages[name]];
    if (old === undefined) return [`+ ${name} ${now?.version}`];
    if (now === undefined) return [`- ${name} ${old.version}`];
    return old.sha256 === now.sha256 ? [] : [`~ ${name} ${old.version} -> ${now.version}`];
  });
}
