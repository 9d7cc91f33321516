// The Map place: the services drawn or as a table, a panel for what is chosen, the live requests beneath.
import { useCallback, useEffect, useMemo, useState } from "react";
import type { MapAnswer, MapNode } from "../../src/api/types.ts";
import { Empty, Problem } from "../components/problem.tsx";
import { Requests } from "../components/requests/requests.tsx";
import { Panel } from "../components/service/panel.tsx";
import { meshwise } from "../data/commands.ts";
import { fullName, isNamed } from "../data/names.ts";
import { mapQuestion } from "../data/questions.ts";
import { useAnswer } from "../data/use-answer.tsx";
import { useIsNarrow } from "../data/use-is-narrow.ts";
import { useView } from "../data/use-view.ts";
import type { View } from "../data/view.ts";
import { Canvas } from "../map/canvas.tsx";
import { unfolded } from "../map/folding.ts";
import { createMapStore, MapStoreProvider } from "../map/store.ts";
import { MapTables } from "../map/tables.tsx";
import { Toolbar } from "../map/toolbar.tsx";
import { useLayout, useWarmEngine } from "../map/use-layout.ts";

export function MapPage() {
  useWarmEngine();
  const [view, change] = useView();
  const isNarrow = useIsNarrow();
  const isTable = view.as === "table" || (view.as === undefined && isNarrow);
  const { answer, problem } = useAnswer<MapAnswer>(mapQuestion(view), view.range.kind === "live");
  const hasPanel = view.service !== undefined || view.call !== undefined;
  return (
    <div className={`map-page ${hasPanel ? "has-panel" : ""}`}>
      <h1 className="for-readers">Map</h1>
      <section className="map-area" aria-label="Services">
        <Toolbar view={view} change={change} answer={answer} isTable={isTable} />
        {problem && <Problem problem={problem} />}
        {answer && <MapContent view={view} change={change} answer={answer} isTable={isTable} />}
      </section>
      <Requests />
      {hasPanel && <Panel view={view} change={change} />}
    </div>
  );
}

type ContentProps = {
  readonly view: View;
  readonly change: ReturnType<typeof useView>[1];
  readonly answer: MapAnswer;
  readonly isTable: boolean;
};

function MapContent({ view, change, answer, isTable }: ContentProps) {
  const open = useOpen(answer, change);
  const selected = selectedId(view, answer);
  if (answer.nodes.length === 0) return <NothingYet answer={answer} />;
  if (isTable) return <MapTables answer={answer} selected={selected} openNode={open.node} openEdge={open.edge} />;
  return <Drawn answer={answer} selected={selected} openNode={open.node} openEdge={open.edge} />;
}

type DrawnProps = {
  readonly answer: MapAnswer;
  readonly selected: string | undefined;
  readonly openNode: (id: string) => void;
  readonly openEdge: (id: string) => void;
};

function Drawn({ answer, selected, openNode, openEdge }: DrawnProps) {
  const [store] = useState(createMapStore);
  const layout = useLayout(answer);
  useEffect(() => store.tell(answer), [store, answer]);
  useEffect(() => store.select(selected), [store, selected]);
  if (!layout) return <p className="map-awaited quiet">Laying out the map…</p>;
  return (
    <MapStoreProvider value={store}>
      <Canvas layout={layout} edges={answer.edges} selected={selected} openNode={openNode} openEdge={openEdge}>
        {answer.edges.length === 0 && (
          <p className="map-hint">
            Nothing was called in this time.{" "}
            <code>{meshwise(answer.project, "run", "--", "curl", "http://SERVICE:PORT/")}</code> calls something.
          </p>
        )}
      </Canvas>
    </MapStoreProvider>
  );
}

/** What a click opens: a service's or a call's panel; a folded namespace unfolds. The same functions for as long as the page. */
function useOpen(answer: MapAnswer, change: ContentProps["change"]) {
  const [newest] = useState({ answer, change });
  newest.answer = answer;
  newest.change = change;
  const node = useCallback(
    (id: string) => {
      const found = newest.answer.nodes.find((one) => one.id === id);
      if (!found) return;
      if (found.kind === "namespace") newest.change({ expand: unfolded(newest.answer, found.namespace) });
      else newest.change({ service: nameOf(newest.answer, found), call: undefined });
    },
    [newest],
  );
  const edge = useCallback(
    (id: string) => {
      const found = newest.answer.edges.find((one) => one.id === id);
      const ends = [found?.source, found?.target].map((end) => newest.answer.nodes.find((one) => one.id === end));
      const [source, target] = ends;
      if (!source || !target) return;
      const foldedEnd = [source, target].find(({ kind }) => kind === "namespace");
      if (foldedEnd) node(foldedEnd.id);
      else {
        const call = { source: nameOf(newest.answer, source), destination: nameOf(newest.answer, target) };
        newest.change({ call, service: undefined });
      }
    },
    [newest, node],
  );
  return useMemo(() => ({ node, edge }), [node, edge]);
}

function nameOf({ namespaces }: MapAnswer, { name, namespace }: MapNode): string {
  return namespaces.length > 1 ? fullName(name, namespace) : name;
}

function selectedId({ service, call }: View, { nodes, edges }: MapAnswer): string | undefined {
  const idOf = (name: string) =>
    nodes.find((node) => node.kind !== "namespace" && isNamed(name, node.name, node.namespace))?.id;
  if (service) return idOf(service);
  if (!call) return undefined;
  const [source, target] = [idOf(call.source), idOf(call.destination)];
  return edges.find((edge) => edge.source === source && edge.target === target)?.id;
}

function NothingYet({ answer }: { readonly answer: MapAnswer }) {
  if (answer.hidden > 0) return <Empty icon="target" title="Nothing is around this service in this time" />;
  return (
    <Empty icon="map" title="No service is known yet" command={meshwise(answer.project, "up")}>
      <p>No agent has reported. Services appear here as soon as the mesh carries them.</p>
    </Empty>
  );
}
