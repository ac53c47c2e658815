/**
 * What two lists of input lines differ in, for people. A line is `kind name rest...`; where both lists have the same kind and
 * name it is said once: `changed kind name`, else `new ...` or `gone ...`.
 */
export function lineDifference(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [index(before), index(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => {
    if (!old.has(name)) return [`new: ${name}`];
    if (!now.has(name)) return [`gone: ${name}`];
    return old.get(name) === now.get(name) ? [] : [`changed: ${name}`];
  });
}

function index(lines: readonly string[]): Map<string, string> {
  return new Map(lines.map((line) => [line.split(' ').slice(0, 2).join(' '), line]));
}
