/** Brings the text of a file one version further, with its comments: by `editedText`, so that each step is proved. */
export interface Migration {
  readonly from: number;
  readonly edit: (text: string) => string;
}

/** The version of cluster.yaml that this pxen reads. */
export const VERSION = 1;

/** One for each version before `VERSION` that was ever given out, oldest first; version 1 is the first. */
export const MIGRATIONS: readonly Migration[] = [];

/** The version that a text says it is of; undefined where it says none, which the reader then tells. */
export function versionIn(text: string): number | undefined {
  const said = /^\uFEFF?version:[ \t]*(\d{1,6})[ \t]*(?:#.*)?\r?$/m.exec(text)?.[1];
  return said === undefined ? undefined : Number(said);
}

/**
 * The text as this version of pxen reads it: of an older version it is brought forward, step by step; any other stays as it is,
 * and the reader tells what is wrong with it. Throws EditError for one that only a person can bring forward.
 */
export function migrated(text: string, migrations: readonly Migration[]): string {
  return migrations.reduce((before, { from, edit }) => (versionIn(before) === from ? edit(before) : before), text);
}
