// The end of the event loop's turn: behind the events that were ready together.

/** Calls `run` once, after every event that is ready now and before the process waits for more. */
export function atEndOfTurn(run: () => void): void {
  setImmediate(run);
}
