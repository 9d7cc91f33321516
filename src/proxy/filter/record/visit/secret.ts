// What a visitor's key is a hash of. Whoever is to be forgotten is found by the same texts again.
import { unmapped } from "../../../../model/address.ts";
import { subjectOf } from "./subject.ts";

/** of a longer secret, both ends; its length is part of what is hashed */
const LONGEST = 256;

export function secretText(secret: string): string {
  if (secret.length <= LONGEST) return secret;
  return `${secret.length}${secret.slice(0, LONGEST / 2)}${secret.slice(-LONGEST / 2)}`;
}

/** Of whoever shows no secret: several may be one. */
export function weakText(address: string, userAgent: string): string {
  return `${unmapped(address)}\n${userAgent}`;
}

/** @param secret of a cookie or of a credential, as it was sent @returns all that can have been hashed of it */
export function hashedTexts(secret: string): string[] {
  const all = [secret, subjectOf(secret), subjectOf(`Bearer ${secret}`), `Bearer ${secret}`];
  return [...new Set(all.map(secretText))];
}
