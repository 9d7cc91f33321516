// The amounts that add up along calls: the seconds, or the failures, of all of a service's requests in each interval.
import type { Facts, Series, ServiceFacts, Symptom } from "./facts.ts";

/** 0 for a service without any figure. */
export function amounts(facts: Facts, metric: Symptom["metric"]): Series[] {
  return facts.services.map((service) => {
    const each = perRequest(service, metric);
    return each.map((value, at) => counted(service.requests[at]) * value || 0);
  });
}

export function counted(requests: number | undefined): number {
  return requests === undefined || Number.isNaN(requests) ? 0 : requests;
}

function perRequest({ latency, availability }: ServiceFacts, metric: Symptom["metric"]): Series {
  return metric === "latency" ? latency.mean : availability.map((share) => 1 - share);
}
