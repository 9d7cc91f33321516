// What every page has around it, and the keys that work everywhere.
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useView } from "../../data/use-view.ts";
import { paused, resumed } from "../../data/view.ts";
import { Banners } from "./banners.tsx";
import { HealthLine } from "./health-line.tsx";
import { Jump, JumpButton } from "./jump.tsx";
import { Navigation } from "./navigation.tsx";
import { TimeControls } from "./time-controls.tsx";

export function Shell({ children }: { readonly children: ReactNode }) {
  const [isJumping, setJumping] = useState(false);
  const [{ range }, change] = useView();
  const togglePause = useCallback(
    () => change({ range: range.kind === "live" ? paused(range, Date.now()) : resumed(range) }, { replace: true }),
    [range, change],
  );
  useKeys(togglePause, () => setJumping(true));
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Navigation />
      <div className="page">
        <header className="topbar">
          <HealthLine />
          <div className="topbar-controls">
            <JumpButton open={() => setJumping(true)} />
            <TimeControls />
          </div>
        </header>
        <Banners />
        <main id="content" className="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      {isJumping && <Jump close={() => setJumping(false)} />}
    </div>
  );
}

function useKeys(pause: () => void, jump: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = actionOf(event);
      if (!act) return;
      event.preventDefault();
      if (act === "jump") jump();
      else pause();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

function actionOf(event: KeyboardEvent): "jump" | "pause" | undefined {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  if ((ctrlKey || metaKey) && key === "k") return "jump";
  if (ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return undefined;
  const element = target as HTMLElement;
  if (element.closest("input, textarea, select")) return undefined;
  if (key === "/") return "jump";
  if (key === "p") return "pause";
  return key === " " && !element.closest("button, a") ? "pause" : undefined;
}
