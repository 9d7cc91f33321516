// ResponseHeaderModifier: what the caller gets to read of the service's answer. Answers of the mesh itself stay as they are.
import type { FieldLines } from "../../../protocol/http1/types.ts";
import type { Layer } from "../../shapes.ts";
import type { FieldChange } from "../field-change.ts";

const NOTHING = "" as FieldLines;

export function responseHeaders(change: FieldChange): Layer {
  return (_, outer) => ({
    answer(x) {
      x.answerLines = change(x.answerLines ?? x.response?.lines ?? NOTHING);
      return outer.answer(x);
    },
  });
}
