// A message of Protocol Buffers as a table of its fields: the types, the two readers (bytes and JSON) and the writer all
// come from it, so that a message is written down once.
//
// Numbers of 64 bits are bigint, because times in ns since 1970 do not fit a double; `hex` is `bytes` that are told as hex
// digits, as OTLP has it for the ids of traces and spans, also in JSON.

type Scalars = {
  string: string;
  bytes: Uint8Array;
  hex: string;
  bool: boolean;
  double: number;
  enum: number;
  uint32: number;
  sint32: number;
  fixed32: number;
  int64: bigint;
  uint64: bigint;
  fixed64: bigint;
  sfixed64: bigint;
};

export type Scalar = keyof Scalars;

export type Field<Value> = {
  readonly number: number;
  readonly type: Scalar | (() => Message<object>);
  readonly isRepeated: boolean;
  /** exists for the type checker alone */
  readonly value?: Value;
};

export type Message<Value> = {
  readonly fields: readonly (Field<unknown> & { readonly name: string })[];
  readonly byNumber: ReadonlyMap<number, Field<unknown> & { readonly name: string }>;
  readonly byName: ReadonlyMap<string, Field<unknown> & { readonly name: string }>;
  readonly value?: Value;
};

type ValueOf<Fields> = {
  readonly [Name in keyof Fields]?: Fields[Name] extends Field<infer Value> ? Value : never;
};

/** What is absent is the type's zero (proto3). Names are those of JSON. */
export function message<Fields extends Readonly<Record<string, Field<unknown>>>>(
  named: Fields,
): Message<ValueOf<Fields>> {
  const fields = Object.entries(named).map(([name, field]) => ({ ...field, name }));
  return {
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(fields.map((field) => [field.name, field])),
  };
}

export function scalar<Type extends Scalar>(number: number, type: Type): Field<Scalars[Type]> {
  return { number, type, isRepeated: false };
}

export function scalars<Type extends Scalar>(number: number, type: Type): Field<readonly Scalars[Type][]> {
  return { number, type, isRepeated: true };
}

/** @param of a function, because messages may hold themselves */
export function one<Value extends object>(number: number, of: () => Message<Value>): Field<Value> {
  return { number, type: of, isRepeated: false };
}

export function many<Value extends object>(number: number, of: () => Message<Value>): Field<readonly Value[]> {
  return { number, type: of, isRepeated: true };
}

/** How a scalar lies on the wire. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export const WIRE_OF: Readonly<Record<Scalar, number>> = {
  string: WIRE.bytes,
  bytes: WIRE.bytes,
  hex: WIRE.bytes,
  bool: WIRE.varint,
  double: WIRE.fixed64,
  enum: WIRE.varint,
  uint32: WIRE.varint,
  sint32: WIRE.varint,
  fixed32: WIRE.fixed32,
  int64: WIRE.varint,
  uint64: WIRE.varint,
  fixed64: WIRE.fixed64,
  sfixed64: WIRE.fixed64,
};

/** A message that cannot be read; the text says why, in words that follow "the request ". */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** What a stranger's message may cost: two bytes on the wire can be an object of a hundred in memory. */
export type ReadLimits = {
  /** messages and repeated values in all */
  readonly values: number;
  /** messages inside messages */
  readonly depth: number;
};

export const READ_LIMITS: ReadLimits = { values: 500_000, depth: 32 };

/** Counts towards the limits of one reading. */
export function readBudget(limits: ReadLimits): { spend(values: number): void; deeper(depth: number): number } {
  let left = limits.values;
  return {
    spend(values) {
      left -= values;
      if (left < 0) throw new MalformedMessage(`holds more than ${limits.values} values`);
    },
    deeper(depth) {
      if (depth >= limits.depth) throw new MalformedMessage(`is nested deeper than ${limits.depth} messages`);
      return depth + 1;
    },
  };
}
