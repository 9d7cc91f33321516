// Steps that are taken back when a later one fails, the newest first. Each is tried a few times: what stays is somebody's
// money or goods.
type Step = { readonly what: string; readonly undo: () => Promise<unknown> };

const ATTEMPTS = 3;

export function undoList(order: string) {
  const steps: Step[] = [];
  return {
    add: (what: string, undo: Step["undo"]) => steps.push({ what, undo }),
    /** what has been undone; the rest is in the log */
    async run(): Promise<string[]> {
      const undone: string[] = [];
      for (const { what, undo } of steps.toReversed()) {
        await repeat(undo).then(
          () => undone.push(what),
          (error: unknown) => console.error(`order ${order}: ${what} failed for good: ${error}`),
        );
      }
      return undone;
    },
  };
}

/** Tries until it works, a little later each time; rejects with the last failure. */
export async function repeat<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await Bun.sleep(100 * 3 ** attempt);
    }
  }
}
