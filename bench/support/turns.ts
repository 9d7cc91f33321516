// Rounds in which all contenders take turns, so that what else the machine does meets them alike.

export type Rounds = { readonly rounds: number; readonly say: (text: string) => void };

/** @param measure one round of one contender; what it resolves with is for people */
export async function inTurns<T extends { readonly name: string }>(
  contenders: readonly T[],
  { rounds, say }: Rounds,
  measure: (contender: T) => Promise<string>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const told = new Map<T, string>();
    // Each begins once: who comes first meets a cooler machine.
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(round + i) % contenders.length]!;
      told.set(contender, await measure(contender));
    }
    const line = contenders.map((one) => `${one.name} ${told.get(one)}`).join(", ");
    say(`round ${round + 1} of ${rounds}: ${line}`);
  }
}
