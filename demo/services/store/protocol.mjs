// The store's own protocol, spoken by the client first:
//   PING | GET <key> | PUT <key> <bytes>\n<value> | DEL <key>      each ended by \n
// answered in order by PONG | VALUE <bytes>\n<value> | NONE | OK | ERROR <text>.
export const MAX_LINE = 512;
export const MAX_VALUE = 1 << 20;

/** Cuts a stream into commands; calls `emit(command)` for each. Throws on anything that is none. */
export function commandParser(emit) {
  let pending = Buffer.alloc(0);
  let put; // a PUT whose value is still arriving

  return (chunk) => {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (put) {
        if (pending.length < put.size + 1) return;
        if (pending[put.size] !== 10) throw new Error("a value must end with a newline");
        emit({ verb: "PUT", key: put.key, value: Buffer.from(pending.subarray(0, put.size)) });
        pending = pending.subarray(put.size + 1);
        put = undefined;
        continue;
      }
      const end = pending.indexOf(10);
      if (end < 0) {
        if (pending.length > MAX_LINE) throw new Error(`a command has at most ${MAX_LINE} bytes`);
        return;
      }
      const line = pending.toString("utf8", 0, end);
      pending = pending.subarray(end + 1);
      const [verb, key, size, ...rest] = line.split(" ");
      if (verb === "PUT" && key && /^\d{1,7}$/.test(size ?? "") && Number(size) <= MAX_VALUE && rest.length === 0) {
        put = { key, size: Number(size) };
      } else if ((verb === "GET" || verb === "DEL") && key && size === undefined) {
        emit({ verb, key });
      } else if (line === "PING") {
        emit({ verb });
      } else {
        throw new Error("use PING, GET <key>, PUT <key> <bytes> or DEL <key>");
      }
    }
  };
}
