// Values as small numbers, bounded: beyond 65,535 different ones, what is new is nothing (0).

export type Texts<Value> = {
  readonly values: readonly Value[];
  code(value: Value): number;
};

const MOST = 65_535;

/** @param nothing has the number 0 */
export function texts<Value>(nothing: Value, keyOf: (value: Value) => string): Texts<Value> {
  const values: Value[] = [nothing];
  const codes = new Map([[keyOf(nothing), 0]]);
  return {
    values,
    code(value) {
      const key = keyOf(value);
      const known = codes.get(key);
      if (known !== undefined) return known;
      if (values.length > MOST) return 0;
      codes.set(key, values.length);
      return values.push(value) - 1;
    },
  };
}
