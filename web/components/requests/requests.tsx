// The live requests: newest on top, at most 200, each value a filter. Whoever opens one is not interrupted by the next.
import { useCallback, useState } from "react";
import type { TapRow } from "../../../src/api/types.ts";
import { requestsCommand } from "../../data/commands.ts";
import { count } from "../../data/format.ts";
import { requestsQuestion } from "../../data/questions.ts";
import { useMesh } from "../../data/use-mesh.tsx";
import { useView } from "../../data/use-view.ts";
import { FILTERS, type FilterName, type View } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { Problem } from "../problem.tsx";
import { SameAs } from "../same-as.tsx";
import { MOST_REQUESTS, requestKey } from "./kept.ts";
import { COLUMNS, RequestRow } from "./request-row.tsx";
import { useRequests } from "./use-requests.ts";

/** @param service when the page itself says of which service */
export function Requests({ service }: { readonly service?: string }) {
  const [addressed, change] = useView();
  const view: View = service === undefined ? addressed : { ...addressed, service };
  const { project } = useMesh();
  const [openKey, setOpenKey] = useState<string>();
  const [isPaused, setPaused] = useState(false);
  const isLive = view.range.kind === "live";
  const isHeld = isPaused || openKey !== undefined;
  const question = requestsQuestion(view, MOST_REQUESTS);
  const { rows, waiting, skipped, problem } = useRequests(question, isLive, isHeld);

  const toggle = useCallback((row: TapRow) => {
    const key = requestKey(row);
    setOpenKey((open) => (open === key ? undefined : key));
  }, []);
  const { filters } = view;
  const filter = useCallback(
    (name: FilterName, value: string) => {
      setOpenKey(undefined);
      change({ filters: { ...filters, [name]: value } });
    },
    [change, filters],
  );
  const resume = () => {
    setPaused(false);
    setOpenKey(undefined);
  };

  return (
    <section className="requests" aria-labelledby="requests-title">
      <header className="requests-head">
        <h2 id="requests-title">{isLive ? "Live requests" : "Requests"}</h2>
        <Scope view={view} />
        <Chips view={view} change={(next) => change({ filters: next })} />
        <span className="spacer" />
        {skipped > 0 && !isHeld && <span className="quiet">+{count(skipped)}/s not shown</span>}
        {isLive && (
          <button
            type="button"
            className={`button is-small ${isHeld ? "is-on" : ""}`}
            aria-pressed={isHeld}
            onClick={isHeld ? resume : () => setPaused(true)}
          >
            <Icon name={isHeld ? "play" : "pause"} size={12} />
            {isHeld ? `Held${waiting > 0 ? `, ${count(waiting)} new` : ""}` : "Hold"}
          </button>
        )}
        <SameAs what="Requests" command={requestsCommand(project, view)} question={question} />
      </header>
      {problem ? (
        <Problem problem={problem} />
      ) : (
        <div className="requests-body">
          <table className="table requests-table">
            <thead>
              <tr>
                {COLUMNS.map((title) => (
                  <th key={title} scope="col" className={title === "Duration" ? "number" : undefined}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows?.map((row) => {
                const key = requestKey(row);
                return <RequestRow key={key} row={row} isOpen={key === openKey} toggle={toggle} filter={filter} />;
              })}
            </tbody>
          </table>
          {rows?.length === 0 && <NoRequests view={view} isLive={isLive} />}
        </div>
      )}
    </section>
  );
}

function Scope({ view: { service, call } }: { readonly view: View }) {
  if (call) return <span className="quiet">{`${call.source} → ${call.destination}`}</span>;
  return service ? <span className="quiet">to and from {service}</span> : null;
}

function Chips({
  view: { filters },
  change,
}: {
  readonly view: View;
  readonly change: (filters: View["filters"]) => void;
}) {
  const set = FILTERS.filter((name) => filters[name]);
  return (
    <span className="chips">
      {set.map((name) => {
        const { [name]: value, ...others } = filters;
        return (
          <button key={name} type="button" className="chip" onClick={() => change(others)} title="Remove this filter">
            <span className="chip-name">{NAMES[name]}</span>
            {value}
            <Icon name="close" size={10} />
          </button>
        );
      })}
      {set.length > 1 && (
        <button type="button" className="link" onClick={() => change({})}>
          Clear
        </button>
      )}
    </span>
  );
}

const NAMES: Readonly<Record<FilterName, string>> = {
  source: "from",
  destination: "to",
  method: "method",
  path: "path",
  route: "route",
  status: "status",
  error: "error",
  "min-duration": "slower than",
};

function NoRequests({ view, isLive }: { readonly view: View; readonly isLive: boolean }) {
  const hasFilter = Object.keys(view.filters).length > 0;
  if (hasFilter)
    return <p className="quiet is-centred">No request meets these filters{isLive ? " yet" : " in this time"}.</p>;
  return (
    <p className="quiet is-centred">{isLive ? "Nothing has been asked yet." : "Nothing was asked in this time."}</p>
  );
}
