/** Whether a text ends within a line, as few that a person wrote do. */
const endsWithin = (text: string): boolean => !text.endsWith('\n');

/**
 * The version of a file that is to be in force where this text of it is torn; undefined where it is not. `last`: the last good one, or
 * the one that was being written. `isBefore` tells what stood there before; undefined where nothing was being written. Torn is what is
 * neither of the two; and else the beginning of the last good one, cut off within a line.
 */
export function insteadOf(
  text: string,
  last: string | undefined,
  isBefore: ((text: string) => boolean) | undefined,
): string | undefined {
  if (last === undefined || text === last) return undefined;
  if (isBefore === undefined) return last.startsWith(text) && endsWithin(text) ? last : undefined;
  return isBefore(text) ? undefined : last;
}
