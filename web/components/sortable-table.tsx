// A real table, sorted by the column whose head is pressed.
import { type ReactNode, useState } from "react";
import { Icon } from "./icon.tsx";

export type Column<Row> = {
  readonly title: string;
  /** the whole <td> or, in the first column, what stands in the row's head */
  readonly cell: (row: Row) => ReactNode;
  readonly value: (row: Row) => number | string;
  readonly isNumber?: boolean;
  /** the first press shows the greatest */
  readonly isGreatestFirst?: boolean;
};

type Order = { readonly column: number; readonly isDescending: boolean };

export type SortableTableProps<Row> = {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly keyOf: (row: Row) => string;
  readonly isSelected?: (row: Row) => boolean;
  readonly first: Order;
};

export function SortableTable<Row>(props: SortableTableProps<Row>) {
  const { caption, rows, columns, keyOf, isSelected, first } = props;
  const [order, setOrder] = useState(first);
  const [head, ...others] = columns;
  const sorted = sortedBy(rows, columns[order.column] ?? head, order.isDescending, keyOf);
  const press = (column: number) =>
    setOrder({
      column,
      isDescending: order.column === column ? !order.isDescending : isGreatestFirst(columns[column]),
    });
  return (
    <table className="table is-sortable">
      <caption className="for-readers">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, isNumber }, index) => {
            const isOrder = order.column === index;
            return (
              <th
                key={title}
                scope="col"
                className={isNumber ? "number" : undefined}
                aria-sort={isOrder ? (order.isDescending ? "descending" : "ascending") : undefined}
              >
                <button type="button" className="sort" onClick={() => press(index)}>
                  {title}
                  <span className={`sort-mark ${isOrder ? (order.isDescending ? "is-down" : "is-up") : ""}`}>
                    <Icon name="down" size={10} />
                  </span>
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={keyOf(row)} className={isSelected?.(row) ? "is-selected" : undefined}>
            <th scope="row">{head.cell(row)}</th>
            {others.map((column) => column.cell(row))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isGreatestFirst<Row>(column: Column<Row> | undefined): boolean {
  return column?.isGreatestFirst ?? column?.isNumber ?? false;
}

function sortedBy<Row>(
  rows: readonly Row[],
  { value }: Column<Row>,
  isDescending: boolean,
  keyOf: (row: Row) => string,
): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one !== other) return one < other ? -sign : sign;
    return keyOf(a) < keyOf(b) ? -1 : 1;
  });
}
