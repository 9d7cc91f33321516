// Pressure stall information, as the kernel tells it of the host and of each group:
// lines of `some avg10=0.00 avg60=0.00 avg300=0.00 total=<µs>`, and the same of `full`.

/** µs in all; undefined: not told */
export function pressureUs(text: string | undefined, kind: "some" | "full"): number | undefined {
  const found = new RegExp(`^${kind} .*total=(\\d+)`, "m").exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
