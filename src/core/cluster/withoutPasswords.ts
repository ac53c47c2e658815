/**
 * A key whose value is nobody's business, and all that may follow it on its line: something in quotes, else up to the next key,
 * else the rest of the line. Not what begins a mapping, such as `{ secret: NAME }`, which is only a name.
 */
const VALUE =
  /\b((?:\w*[Pp]ass(?:w(?:or)?d|phrase)?|\w*[Tt]oken)["']?[ \t]*:[ \t]+)("(?:[^"\\\n]|\\.)*"?|'(?:[^'\n]|'')*'?|[^\s{#"'](?:(?!,[ \t]*\w+[ \t]*:)[^\n])*)/g;

/**
 * Lines of `cluster.yaml` as they may be shown: hashes of passwords, and what was written in their place by mistake, become
 * asterisks. Nothing else moves, so that columns stay true.
 */
export const withoutPasswords = (text: string): string =>
  text.replaceAll(VALUE, (_all, key: string, value: string) => `${key}${'*'.repeat(Array.from(value).length)}`);
