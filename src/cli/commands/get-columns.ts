// `meshwise get` as tables, one for each kind: what an object is for, and whether all is well with it.
import type { Kind } from "../../control/gateway/object.ts";
import type { RawNotification, RawObjective } from "../../control/gateway/raw.ts";
import { isWrong } from "../../control/gateway/shortcomings.ts";
import { type ObjectView, SOURCE_ANNOTATION } from "../../control/gateway/view.ts";
import { age } from "../output/format.ts";
import type { Cell, Column } from "../output/table.ts";

type Spec = {
  readonly hostnames?: readonly string[];
  readonly parentRefs?: readonly Ref[];
  readonly targetRefs?: readonly Ref[];
  readonly rules?: readonly { readonly backendRefs?: readonly (Ref & { readonly weight?: number })[] }[];
};
type Ref = { readonly kind?: string; readonly name: string; readonly sectionName?: string; readonly port?: number };

export function objectColumns(kind: Kind, nowUs: number): readonly Column<ObjectView>[] {
  const own: Readonly<Record<Kind, readonly Column<ObjectView>[]>> = {
    Gateway: [
      { title: "ADDRESSES", cell: ({ status }) => (status.addresses ?? []).map(({ value }) => value).join(",") },
      { title: "LISTENERS", cell: listenersOf },
      {
        title: "ROUTES",
        align: "right",
        cell: ({ status }) => String(sum(status.listeners?.map((one) => one.attachedRoutes))),
      },
    ],
    HTTPRoute: [
      { title: "PARENTS", cell: (row) => refs(specOf(row).parentRefs) },
      { title: "HOSTNAMES", cell: (row) => specOf(row).hostnames?.join(",") ?? "*" },
      { title: "BACKENDS", cell: backendsOf },
    ],
    TCPRoute: [
      { title: "PARENTS", cell: (row) => refs(specOf(row).parentRefs) },
      { title: "BACKENDS", cell: backendsOf },
    ],
    Journey: [{ title: "STEPS", cell: ({ spec }) => (spec as { steps: readonly string[] }).steps.join(" > ") }],
    Objective: [
      { title: "TARGETS", cell: (row) => refs(specOf(row).targetRefs) },
      { title: "GOAL", cell: goalOf },
    ],
    Notification: [{ title: "TELLS", cell: tellsOf }],
    TrafficPolicy: [{ title: "TARGETS", cell: (row) => refs(specOf(row).targetRefs) }],
  };
  return [
    { title: kind.toUpperCase(), cell: ({ metadata }) => metadata.name },
    ...own[kind],
    { title: "AGE", cell: ({ metadata }) => age(nowUs / 1e6 - Date.parse(metadata.creationTimestamp) / 1000) },
    { title: "SOURCE", wide: true, cell: ({ metadata }) => metadata.annotations[SOURCE_ANNOTATION] ?? "" },
    { title: "STATUS", cell: statusOf },
  ];
}

function specOf(row: ObjectView): Spec {
  return row.spec as Spec;
}

function refs(all: readonly Ref[] = []): string {
  return all
    .map(({ kind = "Gateway", name, sectionName, port }) => {
      const section = sectionName === undefined ? "" : `/${sectionName}`;
      return `${kind.toLowerCase()}/${name}${section}${port === undefined ? "" : `:${port}`}`;
    })
    .join(",");
}

function goalOf({ spec }: ObjectView): string {
  const { availability, latency, conversion, window = conversion ? "1d" : "30d" } = spec as RawObjective;
  if (conversion) {
    const { percent } = conversion;
    return percent === undefined ? `no fewer come through than in ${window}` : `${percent} % come through`;
  }
  const goal = latency ? `${latency.percent} % within ${latency.within}` : `${availability?.percent} % without failure`;
  return `${goal} over ${window}`;
}

/** The rest of an address may be a secret. */
function tellsOf({ spec }: ObjectView): string {
  const { webhook, file } = spec as RawNotification;
  return [...(webhook ? [new URL(webhook.url).host] : []), ...(file === undefined ? [] : [file])].join(",");
}

/** with their weights, when a rule has several */
function backendsOf(row: ObjectView): string {
  const texts = (specOf(row).rules ?? []).flatMap(({ backendRefs = [] }) =>
    backendRefs.map(({ name, port, weight }) => {
      const place = port === undefined ? name : `${name}:${port}`;
      return backendRefs.length > 1 ? `${place}(${weight ?? 1})` : place;
    }),
  );
  return [...new Set(texts)].join(",");
}

function listenersOf({ spec }: ObjectView): string {
  const { listeners } = spec as {
    readonly listeners: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  };
  return listeners.map(({ name, port, protocol }) => `${name}:${protocol.toLowerCase()}/${port}`).join(",");
}

function sum(numbers: readonly number[] = []): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The first thing that is not well, in the words of its condition. */
function statusOf({ status, kind }: ObjectView): Cell {
  const groups = [
    status.conditions ?? [],
    ...(status.listeners ?? []).map((one) => one.conditions),
    ...(status.parents ?? []).map((one) => one.conditions),
    ...(status.ancestors ?? []).map((one) => one.conditions),
  ];
  const wrong = groups.flat().filter(isWrong);
  const [first] = wrong;
  if (first) {
    const isPending = wrong.every(({ reason }) => reason === "Pending");
    return {
      text: `${first.type}: ${first.reason}${first.message ? `: ${first.message}` : ""}`,
      tone: isPending ? "warning" : "bad",
    };
  }
  if (groups.every((one) => one.length === 0))
    return { text: kind.endsWith("Route") ? "has no parentRefs" : "", tone: "warning" };
  const isForWorkers = groups.flat().some(({ type }) => type === "Programmed");
  return { text: isForWorkers ? "Programmed" : "Accepted", tone: "good" };
}
