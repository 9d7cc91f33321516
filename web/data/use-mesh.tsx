// What every part of the page needs to know of the mesh: its name, and how it is.
import { createContext, type ReactNode, useContext, useEffect } from "react";
import type { HealthAnswer } from "../../src/api/types.ts";
import { healthQuestion } from "./questions.ts";
import { useAnswer } from "./use-answer.tsx";
import { useView } from "./use-view.ts";

export type Mesh = {
  /** empty until the first answer */
  readonly project: string;
  readonly health?: HealthAnswer;
};

const MeshContext = createContext<Mesh>({ project: "" });

export function MeshProvider({ children }: { readonly children: ReactNode }) {
  const [view] = useView();
  const { answer: health } = useAnswer<HealthAnswer>(healthQuestion(view), view.range.kind === "live");
  const project = health?.project ?? "";
  useEffect(() => {
    document.title = project ? `${project} · Meshwise` : "Meshwise";
  }, [project]);
  return <MeshContext value={{ project, ...(health && { health }) }}>{children}</MeshContext>;
}

export function useMesh(): Mesh {
  return useContext(MeshContext);
}
