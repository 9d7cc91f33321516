// Dark or light: as the system has it, until somebody says otherwise on this device.
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "meshwise.theme";
const listeners = new Set<() => void>();
const prefersDark = () => matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(theme: Theme = storedTheme()): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function setTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // storage is forbidden here: the choice lasts as long as the page
  }
  applyTheme(theme);
  for (const listener of listeners) listener();
}

/** What is seen now; charts are drawn in colours and must be drawn anew. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && prefersDark().matches);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  prefersDark().addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    prefersDark().removeEventListener("change", listener);
  };
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
