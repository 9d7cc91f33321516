// For answers that are too dear to be asked each second: a number that rises now and then while what is shown is live.
import { useEffect, useState } from "react";

const EVERY_MS = 20_000;

export function useBeat(isLive: boolean): number {
  const [beat, setBeat] = useState(0);
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => document.hidden || setBeat((before) => before + 1), EVERY_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  return beat;
}
