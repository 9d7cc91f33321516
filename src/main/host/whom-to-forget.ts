// From what a visitor shows to the keys under which he is known.
import type { ForgetRequest } from "../../api/host-types.ts";
import type { WhomToForget } from "../../model/visits.ts";
import { hashedTexts, weakText } from "../../proxy/filter/record/visit/secret.ts";

export function whomToForget(request: ForgetRequest, hashesOf: (text: string) => readonly string[]): WhomToForget {
  if ("everybody" in request) return "everybody";
  const texts = "secret" in request ? hashedTexts(request.secret) : [weakText(request.address, request.userAgent)];
  return texts.flatMap(hashesOf);
}
