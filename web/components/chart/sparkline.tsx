// A curve of the size of a word. The figure beside it says the newest value.

const WIDTH = 64;
const HEIGHT = 18;

/** @param values undefined where nothing is known @param least the height is for at least so much */
export function Sparkline({
  values,
  least,
}: {
  readonly values: readonly (number | undefined)[];
  readonly least: number;
}) {
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(values, least)} />
    </svg>
  );
}

export function sparkPath(values: readonly (number | undefined)[], least: number): string {
  const high = Math.max(least, ...values.map((value) => value ?? 0));
  const stepX = (WIDTH - 2) / Math.max(values.length - 1, 1);
  let path = "";
  let isDrawing = false;
  values.forEach((value, index) => {
    if (value === undefined) {
      isDrawing = false;
      return;
    }
    const x = (1 + index * stepX).toFixed(1);
    const y = (HEIGHT - 2 - (value / high) * (HEIGHT - 4)).toFixed(1);
    path += `${isDrawing ? "L" : "M"}${x} ${y}`;
    isDrawing = true;
  });
  return path;
}
