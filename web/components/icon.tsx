// The icons, drawn on 16 × 16 with one stroke. They stand beside words; where they stand alone the button has a label.

const PATHS = {
  map: "M3 4.5h3.5v3H3zM9.5 2.5H13v3H9.5zM9.5 10.5H13v3H9.5zM6.5 6h1.25c.7 0 1.25-.55 1.25-1.25V4h.5M6.5 6h1.25C8.45 6 9 6.55 9 7.25v4c0 .4.3.75.5.75",
  service: "M8 2 13.2 5v6L8 14 2.8 11V5zM2.8 5 8 8l5.2-3M8 8v6",
  why: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.3a1.75 1.75 0 0 1 3.4.5c0 1.2-1.7 1.4-1.7 2.5M8 11.4v.1",
  journeys:
    "M3.5 5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM12.5 14a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM5 3.5h5.25a2.25 2.25 0 0 1 0 4.5h-4.5a2.25 2.25 0 0 0 0 4.5H11",
  mesh: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5v.1M5 11v.1M8 5h3M8 11h3",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.6 10.6 14 14",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6L12.5 8z",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  check: "M3 8.5l3.2 3.2L13 4.8",
  terminal: "M3 4.5 6.5 8 3 11.5M8 12h5",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3V11M8 5v.1",
  right: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  arrow: "M3 8h9.5M9 4.5 12.5 8 9 11.5",
  open: "M6.5 3H3v10h10V9.5M9.5 2.5h4v4M13 3 7.5 8.5",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.7V8l2.2 1.5",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  monitor: "M2 3h12v8H2zM5.5 13.5h5M8 11v2.5",
  target: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 1v2M8 13v2M1 8h2M13 8h2",
  table: "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 6.5V13",
  folder: "M2.5 5.5h11v8h-11zM4 3.5h8",
  plug: "M5.5 2.5V5M10.5 2.5V5M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5v2.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
