/** Runs what it is given one after another, in the order in which it was given; one that throws holds nobody up. */
export type Turns = <T>(run: () => Promise<T>) => Promise<T>;

/** One row of turns, of its own. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return turn;
  };
}
