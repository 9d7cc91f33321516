// From a time on a chart to the Why place.
import { useCallback } from "react";
import { useLocation } from "wouter";
import { placeHref } from "./use-view.ts";
import { dragged, type Filters, type View } from "./view.ts";

export type AskWhy = {
  /** of the time that is shown */
  readonly href: string;
  /** of the time that was dragged over, s since the epoch */
  readonly ask: (from: number, to: number) => void;
};

export type WhyTarget = {
  /** undefined: the worst of those that are called from outside */
  readonly service: string | undefined;
  /** only what this one asks of it */
  readonly source?: string | undefined;
};

export function useAskWhy(view: View, { service, source }: WhyTarget): AskWhy {
  const [, navigate] = useLocation();
  const ask = useCallback(
    (from: number, to: number) =>
      navigate(
        whyHref({ range: dragged(from, to), filters: {} }, { service, ...(source !== undefined && { source }) }),
      ),
    [navigate, service, source],
  );
  return { href: whyHref(view, { service, ...(source !== undefined && { source }) }), ask };
}

/** The Why place for a service, some of its requests only, or all. */
export function whyHref(
  view: View,
  { service, ...filters }: { readonly service: string | undefined } & Filters,
): string {
  return placeHref("/why", view, { service, filters });
}
