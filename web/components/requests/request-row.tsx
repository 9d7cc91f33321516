// One request. Each value is a button that filters by it; the one in front opens the details.
import { memo } from "react";
import type { TapRow } from "../../../src/api/types.ts";
import { duration, timeOfDay } from "../../data/format.ts";
import type { FilterName } from "../../data/view.ts";
import { Icon } from "../icon.tsx";
import { RequestDetails } from "./details.tsx";

export type RowProps = {
  readonly row: TapRow;
  readonly isOpen: boolean;
  readonly toggle: (row: TapRow) => void;
  readonly filter: (name: FilterName, value: string) => void;
};

export const COLUMNS = ["Time", "From", "To", "Method", "Path", "Status", "Duration", "Workload"] as const;

export const RequestRow = memo(function RequestRow({ row, isOpen, toggle, filter }: RowProps) {
  const hasFailed = row.status >= 500 || row.error !== undefined;
  return (
    <>
      <tr className={`request ${hasFailed ? "has-failed" : ""} ${isOpen ? "is-open" : ""}`}>
        <td className="request-time">
          <button
            type="button"
            className="request-toggle"
            aria-expanded={isOpen}
            aria-label={`Details of ${row.method || row.protocol} ${row.path} at ${timeOfDay(row.time, 3)}`}
            onClick={() => toggle(row)}
          >
            <Icon name={isOpen ? "down" : "right"} size={12} />
            {timeOfDay(row.time, 3)}
          </button>
        </td>
        <Value name="source" value={row.source} filter={filter} />
        <Value name="destination" value={row.destination} filter={filter} />
        <Value name="method" value={row.method} shown={row.method || row.protocol} filter={filter} />
        <Value name="path" value={row.path} filter={filter} className="request-path" />
        <StatusValue row={row} filter={filter} />
        <Value
          name="min-duration"
          value={minDuration(row.durationUs)}
          shown={duration(row.durationUs / 1000)}
          filter={filter}
          className="number"
        />
        <td className="quiet request-workload">{row.destinationWorkload}</td>
      </tr>
      {isOpen && (
        <tr className="request-more">
          <td colSpan={COLUMNS.length}>
            <RequestDetails row={row} />
          </td>
        </tr>
      )}
    </>
  );
});

function StatusValue({ row, filter }: Pick<RowProps, "row" | "filter">) {
  if (row.error !== undefined) {
    const shown = row.status ? `${row.status} ${row.error}` : row.error;
    return <Value name="error" value={row.error} shown={shown} filter={filter} className="request-status" />;
  }
  const text = row.status ? String(row.status) : "";
  return <Value name="status" value={text} filter={filter} className="request-status" />;
}

function Value(props: {
  readonly name: FilterName;
  readonly value: string;
  readonly shown?: string;
  readonly filter: RowProps["filter"];
  readonly className?: string;
}) {
  const { name, value, shown = value, filter, className } = props;
  if (!value) return <td className={className}>{shown}</td>;
  return (
    <td className={className}>
      <button type="button" className="value" title={`Only ${name} ${value}`} onClick={() => filter(name, value)}>
        {shown}
      </button>
    </td>
  );
}

/** Those that took at least about as long. */
function minDuration(us: number): string {
  return us < 1000 ? `${Math.floor(us)}us` : `${Math.floor(us / 1000)}ms`;
}
