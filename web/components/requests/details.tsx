// Everything that is known of one request.
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { TapRow, TraceSpan } from "../../../src/api/types.ts";
import { bytes, duration, NONE } from "../../data/format.ts";
import { placeHref, useView } from "../../data/use-view.ts";
import { CopyButton } from "../copy-button.tsx";
import { Icon } from "../icon.tsx";
import { bars } from "./phases.ts";

export function RequestDetails({ row }: { readonly row: TapRow }) {
  const [view] = useView();
  return (
    <ExchangeDetails row={row}>
      <Fact name="Trace">
        {/* by the call's own id: that of the whole trace is found some seconds later */}
        <Link className="link" href={placeHref(`/trace/${row.spanId}`, view)}>
          What belongs together <Icon name="arrow" size={12} />
        </Link>
        <code>{row.traceId}</code>
        <CopyButton text={row.traceId} what="the trace id" />
      </Fact>
    </ExchangeDetails>
  );
}

/** @param children further facts, first */
export function ExchangeDetails(props: { readonly row: TapRow | TraceSpan; readonly children?: ReactNode }) {
  const { row, children } = props;
  return (
    <div className="request-details">
      <Waterfall row={row} />
      <dl className="facts">
        {children}
        <Fact name="From">{row.sourceWorkload || row.source}</Fact>
        <Fact name="To">
          {row.destinationWorkload || row.destination}:{row.port} <span className="quiet">{row.authority}</span>
        </Fact>
        <Fact name="Protocol">{row.protocol}</Fact>
        <Fact name="Bytes">
          {bytes(row.requestBytes)} in, {bytes(row.responseBytes)} out
        </Fact>
        <Fact name="Flags">{row.flags.join(", ") || NONE}</Fact>
        {row.error && (
          <Fact name="Error">
            <span className="is-trouble">{row.error}</span>
          </Fact>
        )}
      </dl>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Waterfall({ row }: { readonly row: Pick<TapRow, "phases" | "durationUs"> }) {
  const all = bars(row.phases);
  const total = Math.max(row.durationUs, 1);
  if (all.length === 0) return <p className="quiet">No phase of this exchange is known.</p>;
  return (
    <table className="waterfall">
      <caption className="for-readers">Where its time went</caption>
      <tbody>
        {all.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="waterfall-track">
              <span
                className="waterfall-bar"
                style={{ left: `${(from / total) * 100}%`, width: `${((to - from) / total) * 100}%` }}
              />
            </td>
            <td className="number">{duration((to - from) / 1000)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
