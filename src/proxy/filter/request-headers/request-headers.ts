// RequestHeaderModifier: what the service gets to read.
import type { FieldLines } from "../../../protocol/http1/types.ts";
import type { Layer } from "../../shapes.ts";
import type { FieldChange } from "../field-change.ts";

const NOTHING = "" as FieldLines;

export function requestHeaders(change: FieldChange): Layer {
  return (inner) => ({
    run(x) {
      x.sentLines = change(x.sentLines ?? x.head?.lines ?? NOTHING);
      inner.run(x);
    },
  });
}
