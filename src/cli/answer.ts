// Answers of the observatory on the screen: once or again each second, with what they do not cover said on stderr.
import type { Answer } from "../api/types.ts";
import { MeshError } from "../base/errors/index.ts";
import { type Context, say } from "./context.ts";
import { tint } from "./output/colour.ts";
import { emit, type Format, isForPeople, render, type View } from "./output/emit.ts";
import { screen } from "./output/screen.ts";
import { type Column, table } from "./output/table.ts";

const EVERY_MS = 1000;

export type Figures<Row> = {
  readonly context: Context;
  readonly format: Format;
  readonly isWatched: boolean;
  readonly ask: () => Promise<Answer<Row>>;
  readonly view: (answer: Answer<Row>) => View;
  /** what to say, and to do next, when there are no rows */
  readonly nothing: string;
};

export async function figures<Row>(of: Figures<Row>): Promise<number> {
  if (of.isWatched) return watch(of);
  const answer = await of.ask();
  await emit(answer.rows.length === 0 && isForPeople(of.format) ? EMPTY : of.view(answer), of.format, of.context.out);
  if (answer.rows.length === 0) await say(of.context, of.nothing);
  await sayGaps(of.context, answer);
  if (answer.probes !== undefined) await say(of.context, leftOut(answer.probes));
  return 0;
}

const EMPTY: View = { document: undefined, rows: [], lines: () => [] };

export function answerView<Row>(answer: Answer<Row>, columns: readonly Column<Row>[]): View {
  return { document: answer, rows: answer.rows, lines: (style) => table(columns, answer.rows, style) };
}

/** Figures that miss something say so: a warning, never silently. */
export async function sayGaps(context: Context, { coverage }: Pick<Answer<unknown>, "coverage">): Promise<void> {
  const gap = gapOf({ coverage });
  if (gap) await say(context, `${tint("warning:", "warning", context.err.colour)} ${gap}`);
}

function leftOut(probes: number): string {
  return probes === 1
    ? "1 probe or scrape is not counted; --probes counts it too."
    : `${probes} probes and scrapes are not counted; --probes counts them too.`;
}

function gapOf({ coverage }: Pick<Answer<unknown>, "coverage">): string | undefined {
  if (coverage.spans >= 1 && coverage.missing.length === 0) return undefined;
  const share = (Math.floor(coverage.spans * 1000) / 10).toFixed(1);
  return `these figures count ${share}% of the exchanges${coverage.missing.map((what) => `; ${what}`).join("")}`;
}

// Runs until a signal ends us. An observatory that restarts is waited for; a project that ended is an error.
async function watch<Row>(of: Figures<Row>): Promise<number> {
  const { context, format } = of;
  if (!isForPeople(format)) {
    for (;;) {
      await emit(of.view(await of.ask()), format, context.out);
      await context.clock.sleep(EVERY_MS);
    }
  }
  const frame = screen(context.out);
  const forget = context.signals.beforeExit(() => frame.close());
  try {
    for (;;) {
      await frame.draw(await frameText(of));
      await context.clock.sleep(EVERY_MS);
    }
  } finally {
    forget();
    frame.close();
  }
}

async function frameText<Row>(of: Figures<Row>): Promise<string> {
  try {
    const answer = await of.ask();
    const body =
      answer.rows.length === 0 ? `${of.nothing}\n` : await render(of.view(answer), of.format, of.context.out);
    const gap = gapOf(answer);
    const probes = answer.probes === undefined ? "" : `${leftOut(answer.probes)}\n`;
    return `as of ${answer.asOf}\n${body}${gap ? `warning: ${gap}\n` : ""}${probes}`;
  } catch (thrown) {
    if (thrown instanceof MeshError && thrown.code === "observatory_silent") return `${thrown.sentence}\n`;
    throw thrown;
  }
}
