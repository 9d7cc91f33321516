// Which config every worker has. A worker that is away needs none: it is given the newest when it comes back.

export type Acknowledgements = {
  /** it was sent a snapshot */
  expect(index: number): void;
  applied(index: number, version: number, error: string | undefined): void;
  lost(index: number): void;
};

/** @param onAll is told each version once, when the last worker has it, and with an error when one could not take it */
export function acknowledgements(onAll: (version: number, error: string | undefined) => void): Acknowledgements {
  type Held = { version: number; error: string | undefined };
  const workers = new Map<number, Held>();
  let told: Held = { version: 0, error: undefined };

  const look = () => {
    const all = [...workers.values()];
    if (all.length === 0) return;
    const version = Math.min(...all.map((one) => one.version));
    const error = all.find((one) => one.error !== undefined)?.error;
    if (version === 0 || version < told.version || (version === told.version && error === told.error)) return;
    told = { version, error };
    onAll(version, error);
  };

  return {
    expect(index) {
      if (!workers.has(index)) workers.set(index, { version: 0, error: undefined });
    },
    applied(index, version, error) {
      workers.set(index, { version, error });
      look();
    },
    lost(index) {
      workers.delete(index);
      look();
    },
  };
}
