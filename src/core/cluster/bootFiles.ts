import { filesOf, profileNamed } from '../boot/profile.ts';
import { Source, type Mistake } from './mistake.ts';
import type { Cluster } from './schema.ts';

/** Every file below `boot/` that cluster.yaml names. */
export function bootFilesIn(cluster: Cluster): readonly string[] {
  const payloads = Object.keys(cluster.profiles).flatMap((name) => profileNamed(cluster, name)?.payload ?? []);
  const loaders = Object.values(cluster.boot.loaders).flatMap((file) => file ?? []);
  return [...new Set([...payloads.flatMap((payload) => filesOf(payload)), ...loaders])];
}

/** A file below `folder` that a file names and that is not there, placed where its name first stands. `folder` is empty or ends in `/`. */
export function missingFile(text: string, file: string, folder: string, missing: string): Mistake {
  const name = missing.replaceAll(/[^\w/]/g, String.raw`\$&`);
  // Not within a longer path.
  const at = Math.max(0, text.search(new RegExp(String.raw`(?<![\w./+@-])${name}(?![\w./+@-])`)));
  const what = `there is no file ${folder}${missing} beside ${file}`;
  return new Source(file, text).mistake(at, at + missing.length, what, 'Put it there, or correct its name.');
}
