// What is told of the evidence about a suspect: sentences, and figures before and since.
import type { ChangeLine, Contrast, Evidence, Trait } from "./answer.ts";
import { where } from "./contrast/decisive.ts";
import type { Grown } from "./grown.ts";
import type { Handshakes } from "./handshakes.ts";
import type { Lost } from "./lost.ts";
import type { Mix } from "./mix.ts";
import type { Pressure } from "./pressure.ts";
import { amount, percent } from "./words.ts";

export function traitSays({ bad }: Contrast, trait: Trait): string {
  const { covers, share, others, same = [], isCaused } = trait;
  const also = same.map(({ attribute, value }) => ` (the only one of ${attribute} ${value})`).join("");
  const drawn = isCaused ? ", and who was drawn was chance" : "";
  return `${percent(covers)} of what is unusually ${bad} is ${where(trait)}${also}: ${percent(share)} of those are ${bad}, ${percent(others)} of the others${drawn}`;
}

export function handshakesEvidence({ before, during }: Handshakes): Evidence {
  const claim = "of new connections, those whose handshake lost a packet";
  return { claim, metric: "handshakes", baseline: before, observed: during, unit: "share" };
}

export function lostSays({ workload, of, during }: Lost): string {
  return `${percent(during)} of the ${of}${workload ? ` of ${workload}` : ""} are lost`;
}

export function lostEvidence({ workload, of, before, during }: Lost): Evidence {
  return {
    ...{ claim: `of the ${of}${workload ? ` of ${workload}` : ""}, those that were lost`, metric: "lost" },
    ...{ baseline: before, observed: during, unit: "share" },
  };
}

export function pressureEvidence({ workload, of, before, during }: Pressure): Evidence {
  return {
    claim: `${workload} stood still for ${of}`,
    metric: "pressure",
    baseline: before,
    observed: during,
    unit: "share",
  };
}

export function mixEvidence({ route, before, during }: Mix): Evidence {
  return {
    claim: `of all requests, those of ${route}`,
    metric: "mix",
    baseline: before,
    observed: during,
    unit: "share",
  };
}

export function grownEvidence({ route, before, during }: Grown): Evidence {
  return { claim: `a second, of ${route}`, metric: "requests", baseline: before, observed: during, unit: "requests" };
}

export function mixSays({ route, before, during, ms }: Mix): string {
  return `its requests are others: ${route}, which takes ${amount(ms / 1000, "latency")}, went from ${percent(before)} to ${percent(during)} of them`;
}

export function textOf({ service, text }: ChangeLine): string {
  return service === "" ? text : `${service} ${text}`;
}
