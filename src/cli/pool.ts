/** Work, and how many processors it keeps busy. */
export interface Load {
  readonly load: number;
}

/**
 * Runs works at the same time as far as their loads fit into `room` together; one that is larger than all of it runs alone. They
 * begin in their order, but one that fits goes before those that have to wait. Rejects with the first work that does.
 */
export async function pooled<T extends Load>(
  works: readonly T[],
  room: number,
  run: (work: T) => Promise<void>,
): Promise<void> {
  const waiting = works.map((work) => ({ work, takes: Math.min(work.load, room) }));
  const running = new Set<Promise<void>>();
  let free = room;
  const begin = ({ work, takes }: (typeof waiting)[number]): void => {
    free -= takes;
    const ended = run(work).finally(() => {
      free += takes;
      running.delete(ended);
    });
    running.add(ended);
  };
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(({ takes }) => takes <= free);
    if (next >= 0) waiting.splice(next, 1).forEach(begin);
    else await Promise.race(running);
  }
}
