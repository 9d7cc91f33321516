// So many at a time; the others wait in a line, first come first served, and more than fit into the line are refused.

export type Pool = {
  /** `then(false)`: there is no room to wait */
  take(then: (isMine: boolean) => void): void;
  give(): void;
};

/** @param size may change; who has a place keeps it */
export function pool(size: () => number, queue: number): Pool {
  let taken = 0;
  let line: ((isMine: boolean) => void)[] = [];
  let head = 0;
  return {
    take(then) {
      if (taken < size()) {
        taken++;
        then(true);
      } else if (line.length - head >= queue) then(false);
      else line.push(then);
    },
    give() {
      taken--;
      while (taken < size()) {
        const next = line[head];
        if (!next) break;
        head++;
        if (head > 1024 && head * 2 > line.length) {
          line = line.slice(head);
          head = 0;
        }
        taken++;
        next(true);
      }
    },
  };
}
