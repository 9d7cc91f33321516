// The view in the address bar, and how to change it. What is chosen can be gone back from; what is only typed or paused
// replaces the entry of the history.
import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { changed, readView, type View, type ViewChange, writeView } from "./view.ts";

export type ChangeView = (change: ViewChange, options?: { readonly replace?: boolean }) => void;

export function useView(): readonly [View, ChangeView] {
  const search = useRawSearch();
  const [path, navigate] = useLocation();
  const view = useMemo(() => readView(search), [search]);
  const change = useCallback<ChangeView>(
    // read anew: two changes may come between two renderings
    (wanted, options) => navigate(hrefOf(path, changed(readView(location.search), wanted)), options),
    [path, navigate],
  );
  return [view, change];
}

/** wouter tells of changes, but decodes what it returns once too often. */
function useRawSearch(): string {
  useSearch();
  return location.search;
}

export function hrefOf(path: string, view: View): string {
  const search = writeView(view);
  return search ? `${path}?${search}` : path;
}

/** Another place, with the same range and nothing else of the view but what is said. */
export function placeHref(path: string, { range }: View, more: Omit<ViewChange, "range"> = {}): string {
  return hrefOf(path, changed({ range, filters: {} }, more));
}

export function servicePath(service: string): string {
  return `/service/${service.split("/").map(encodeURIComponent).join("/")}`;
}
