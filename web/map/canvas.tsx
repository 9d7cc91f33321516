// The drawn map: React Flow pans and zooms, ELK has said where everything stands. React renders nothing while it is moved.
import { MiniMap, type Node, type NodeProps, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";
import { EdgeLines } from "./edge-lines.tsx";
import { bounds, fitting, type Layout, type Structure } from "./layout.ts";
import { type CardActions, NodeCard } from "./node-card.tsx";
import { useMapStore } from "./store.ts";
import { DIRECTION_OF_KEY, nextCard } from "./walk.ts";
import { ZoomControls } from "./zoom-controls.tsx";

export type CanvasProps = {
  readonly layout: Layout;
  readonly edges: Structure["edges"];
  /** the card whose panel is open */
  readonly selected: string | undefined;
  readonly openNode: (id: string) => void;
  readonly openEdge: (id: string) => void;
  readonly children?: ReactNode;
};

type CardNode = Node<{ readonly actions: CardActions }, "card">;

const NODE_TYPES = { card: ({ id, data }: NodeProps<CardNode>) => <NodeCard id={id} actions={data.actions} /> };
const MOST_WITHOUT_MINIMAP = 40;
const FAR_ZOOM = 0.42;
const LEAST_ZOOM = 0.06;
const MOVE_MS = 280;

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ layout, edges, selected, openNode, openEdge, children }: CanvasProps) {
  const frame = useRef<HTMLElement>(null);
  const view = useViewport(frame, layout, selected);
  const store = useMapStore();
  const newest = useRef({ layout, edges });
  newest.current = { layout, edges };

  const actions = useMemo<CardActions>(
    () => ({
      open: openNode,
      focused: (id) => view.reveal(id),
      keyDown(id, event) {
        const direction = DIRECTION_OF_KEY[event.key];
        if (!direction) return;
        event.preventDefault();
        event.stopPropagation();
        const next = nextCard(id, direction, newest.current.layout, newest.current.edges);
        const card = next && frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`);
        if (card) card.focus({ preventScroll: true });
      },
    }),
    [openNode, view],
  );

  const nodes = useMemo(() => nodesOf(layout, actions), [layout, actions]);
  return (
    <section className="canvas" ref={frame} aria-label="Map of the services; the table says the same">
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        onMoveStart={(event) => {
          store.move(true);
          if (event) view.moved();
        }}
        onMoveEnd={() => store.move(false)}
        onMove={(_, { zoom }) => frame.current && tellZoom(frame.current, zoom)}
        onInit={view.begun}
        minZoom={LEAST_ZOOM}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        selectNodesOnDrag={false}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        disableKeyboardA11y
        proOptions={{ hideAttribution: true }}
      >
        <EdgeLines layout={layout} open={openEdge} />
        {nodes.length > MOST_WITHOUT_MINIMAP && <Overview />}
      </ReactFlow>
      <ZoomControls fit={view.refit} />
      {children}
    </section>
  );
}

/** Not by React: at each frame of a zoom. Panning changes neither. */
function tellZoom(canvas: HTMLElement, zoom: number): void {
  canvas.classList.toggle("is-far", zoom < FAR_ZOOM);
  canvas.querySelector<HTMLElement>(".edge-labels")?.style.setProperty("--zoom", zoom.toFixed(3));
}

/** In the order of layers, so that Tab walks as a reader would. */
function nodesOf(layout: Layout, actions: CardActions): CardNode[] {
  return [...layout.boxes]
    .sort(([, a], [, b]) => Math.round((a.x - b.x) / 50) || a.y - b.y)
    .map(([id, { x, y, width, height }]) => ({
      id,
      type: "card",
      position: { x, y },
      width,
      height,
      data: { actions },
    }));
}

function Overview() {
  const store = useMapStore();
  return (
    <MiniMap
      className="overview"
      ariaLabel="Overview of the whole map"
      pannable
      zoomable
      nodeBorderRadius={16}
      nodeClassName={(node) => `overview-node is-${store.node(node.id)?.state ?? "unknown"}`}
    />
  );
}

/** Shows everything, or the neighbourhood of what is open, until somebody moves it; from then on it is his, but what he opens
 *  or walks to comes into sight. */
function useViewport(frame: React.RefObject<HTMLElement | null>, layout: Layout, selected: string | undefined) {
  const flow = useReactFlow<CardNode>();
  const store = useMapStore();
  const isHis = useRef(false);
  const newest = useRef({ layout, selected });
  newest.current = { layout, selected };

  const show = useCallback(
    (isAnimated: boolean) => {
      const box = frame.current;
      if (!box) return;
      const { layout: shown, selected: open } = newest.current;
      const some = open === undefined ? shown : neighbourhood(shown, store.neighbourhood(open));
      const viewport = fitting(bounds(some), box.clientWidth, box.clientHeight);
      void flow.setViewport(viewport, isAnimated ? { duration: moveMs() } : {});
    },
    [flow, frame, store],
  );

  const reveal = useCallback(
    (id: string) => {
      const box = newest.current.layout.boxes.get(id);
      const seen = frame.current?.getBoundingClientRect();
      if (!box || !seen) return;
      const from = flow.flowToScreenPosition(box);
      const to = flow.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height });
      const isSeen = from.x >= seen.left && to.x <= seen.right && from.y >= seen.top && to.y <= seen.bottom;
      if (isSeen) return;
      const zoom = Math.max(flow.getZoom(), FAR_ZOOM);
      void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom, duration: moveMs() });
    },
    [flow, frame],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new layout is shown whole
  useEffect(() => {
    if (!isHis.current) show(false);
  }, [layout, show]);

  useEffect(() => {
    const resizing = new ResizeObserver(() => {
      if (!isHis.current) show(false);
      else if (newest.current.selected) reveal(newest.current.selected);
    });
    if (frame.current) resizing.observe(frame.current);
    return () => resizing.disconnect();
  }, [show, reveal, frame]);

  useEffect(() => {
    if (!isHis.current) show(true);
    else if (selected) reveal(selected);
  }, [selected, show, reveal]);

  return useMemo(
    () => ({
      reveal,
      begun: () => show(false),
      moved: () => {
        isHis.current = true;
      },
      refit: () => {
        isHis.current = false;
        show(true);
      },
    }),
    [show, reveal],
  );
}

function neighbourhood(layout: Layout, ids: ReadonlySet<string> | undefined): Pick<Layout, "boxes"> {
  const boxes = new Map([...layout.boxes].filter(([id]) => ids?.has(id)));
  return boxes.size > 0 ? { boxes } : layout;
}

function moveMs(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : MOVE_MS;
}
