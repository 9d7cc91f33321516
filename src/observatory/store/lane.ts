// One task after the other: reads and writes of the store never overlap, so that a question sees what it asks for either
// still in memory or already in the store, never both, never neither.

export type Lane = <T>(task: () => Promise<T>) => Promise<T>;

export function lane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task, task);
    last = turn.catch(() => {});
    return turn;
  };
}
