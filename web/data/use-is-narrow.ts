import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 720px)");

/** Too narrow for a drawn map. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}
