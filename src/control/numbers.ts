// Numbers that stand for names and are never given to another one, because spans and sockets outlive a configuration.

/** @returns `previous` and a number from 1 on for each name that had none */
export function numbered(previous: Readonly<Record<string, number>>, names: Iterable<string>): Record<string, number> {
  const numbers = new Map(Object.entries(previous));
  let last = 0;
  for (const number of numbers.values()) if (number > last) last = number;
  for (const name of names) if (!numbers.has(name)) numbers.set(name, ++last);
  return Object.fromEntries(numbers);
}
