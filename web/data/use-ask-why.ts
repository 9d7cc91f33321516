// From a time on a chart to the Why place.
import { useCallback } from "react";
import { useLocation } from "wouter";
import { placeHref } from "./use-view.ts";
import { dragged, type View } from "./view.ts";

export type AskWhy = {
  /** of the time that is shown */
  readonly href: string;
  /** of the time that was dragged over, s since the epoch */
  readonly ask: (from: number, to: number) => void;
};

/** @param service undefined: the worst of those that are called from outside */
export function useAskWhy(view: View, service: string | undefined): AskWhy {
  const [, navigate] = useLocation();
  const ask = useCallback(
    (from: number, to: number) => navigate(placeHref("/why", { range: dragged(from, to), filters: {} }, { service })),
    [navigate, service],
  );
  return { href: placeHref("/why", view, { service }), ask };
}
