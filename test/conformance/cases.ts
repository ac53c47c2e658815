/** A case that a correct boot server must handle, and whose facts stand in `source`. */
export interface Case {
  /** Letter of its group and number: a test that covers it begins its name with this. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
}

export interface Group {
  readonly letter: string;
  readonly title: string;
  readonly cases: readonly Case[];
}

/** `id | title | source` lines, as a table is easiest to read and to mend. */
export function group(letter: string, title: string, table: string): Group {
  const cases = table
    .trim()
    .split('\n')
    .map((line): Case => {
      const [id = '', what = '', source = ''] = line.split(' | ').map((part) => part.trim());
      return { id, title: what, source };
    });
  return { letter, title, cases };
}
