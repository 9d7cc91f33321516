// The panel beside the map: of a service, or of one call. Escape closes it.
import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { type ChangeView, placeHref, servicePath } from "../../data/use-view.ts";
import type { Call, View } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { StateMark } from "../state-mark.tsx";
import { CallView } from "./call-view.tsx";
import type { Go } from "./neighbours.tsx";
import { useServiceState } from "./reasons.tsx";
import { ServiceView } from "./service-view.tsx";

export function Panel({ view, change }: { readonly view: View; readonly change: ChangeView }) {
  const go: Go = {
    toService: (service) => change({ service, call: undefined }),
    toCall: (call) => change({ call, service: undefined }),
  };
  const close = () => change({ service: undefined, call: undefined });
  if (view.call) return <CallPanel view={view} call={view.call} go={go} close={close} />;
  if (view.service) return <ServicePanel view={view} service={view.service} change={change} go={go} close={close} />;
  return null;
}

type Shared = { readonly view: View; readonly go: Go; readonly close: () => void };

function ServicePanel({
  view,
  service,
  change,
  go,
  close,
}: Shared & { readonly service: string; readonly change: ChangeView }) {
  const found = useServiceState(service);
  const title = (
    <>
      {found && <StateMark state={found.state} />}
      <h1>{service}</h1>
    </>
  );
  return (
    <Frame name={`Service ${service}`} title={title} close={close}>
      <div className="panel-actions">
        <button
          type="button"
          className="button is-small"
          onClick={() => change({ focus: { service, up: 1, down: 1 } })}
          disabled={view.focus?.service === service}
        >
          <Icon name="target" size={14} /> Focus the map
        </button>
        <Link className="button is-small" href={placeHref(servicePath(service), view)}>
          <Icon name="open" size={14} /> Page
        </Link>
      </div>
      <ServiceView key={service} view={view} service={service} go={go} />
    </Frame>
  );
}

function CallPanel({ view, call, go, close }: Shared & { readonly call: Call }) {
  const title = (
    <h1>
      {call.source} <Icon name="arrow" size={14} /> {call.destination}
    </h1>
  );
  return (
    <Frame name={`Call from ${call.source} to ${call.destination}`} title={title} close={close}>
      <CallView key={`${call.source} ${call.destination}`} view={view} call={call} go={go} />
    </Frame>
  );
}

function Frame(props: {
  readonly name: string;
  readonly title: ReactNode;
  readonly close: () => void;
  readonly children: ReactNode;
}) {
  const { name, title, close, children } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [close]);
  return (
    <aside className="panel" aria-label={name}>
      <header className="panel-head">
        <div className="panel-title">{title}</div>
        <button
          type="button"
          className="button is-icon is-quiet"
          aria-label="Close the panel"
          title="Close (Esc)"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}
