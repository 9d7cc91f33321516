// `meshwise privacy`: what is kept of visitors, how long, and how one of them is forgotten.
import type { Command } from "commander";
import type { ForgetRequest } from "../../api/host-types.ts";
import type { KeptThing, PrivacyAnswer } from "../../api/types.ts";
import { observatoryOf } from "../client/observatory.ts";
import { type Act, EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, type ProjectOptions, projectOf, projectOptions } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { age } from "../output/format.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";

const KEPT: readonly Column<KeptThing>[] = [
  { title: "KEPT", cell: (row) => row.what },
  { title: "AS", cell: (row) => row.as },
  { title: "FOR", cell: (row) => (row.seconds === null ? "30 MiB a workload" : age(row.seconds)) },
];

export const privacy: Register = (program, act) => {
  const command = outputOption(projectOptions(program.command("privacy")));
  manual(command, {
    summary: "What is kept of visitors, for how long, and how to forget one of them",
    more: "docs/privacy.md says it in full. MESHWISE_JOURNEYS=off, when the project is started, switches it all off.",
    examples: {
      "meshwise privacy": "what is kept, and how much there is now",
      "meshwise privacy forget - < cookie.txt": "all that is known of whoever sends this cookie",
      "meshwise privacy -o json": "for programs",
    },
    seeAlso: "privacy = what is kept; journeys = what is made of it.",
  });
  registerForget(command, act);
  command.action(
    act(async (context: Context, options: OutputOptions, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const answer = await observatoryOf(state, context.clock).privacy();
      await emit(
        { document: answer, rows: answer.kept, lines: (style) => lines(answer, style) },
        options.output,
        context.out,
      );
      return EXIT.ok;
    }),
  );
};

function lines({ verdict, kept, never, visitors }: PrivacyAnswer, style: TableStyle): string[] {
  const { requests, since, items, sharedBy } = visitors;
  return [
    tint(`${verdict[0]?.toUpperCase()}${verdict.slice(1)}.`, "strong", style.colour),
    "",
    ...table(KEPT, kept, style),
    "",
    `Now: ${requests} requests of visitors${since === null ? "" : ` since ${since}`}, ${items} things that ${sharedBy} of them named.`,
    `Never kept: ${never.join("; ")}.`,
    "Forget one: meshwise privacy forget - < cookie.txt",
  ];
}

type ForgetOptions = ProjectOptions & {
  readonly address?: string;
  readonly userAgent?: string;
  readonly everybody: boolean;
};

function registerForget(privacy: Command, act: Act): void {
  const command = projectOptions(
    privacy.command("forget").argument("[secret]", "value of the session cookie or credential; - reads it from stdin"),
  )
    .option("--address <address>", "of a visitor who has neither, with --user-agent")
    .option("--user-agent <text>", "as the browser sends it")
    .option("--everybody", "all that is kept of all visitors", false);
  manual(command, {
    summary: "Forget one visitor: all that is kept of him, under all keys that are known to be his",
    more: `It is done at once, in memory and in the store. The secret is not kept; as an argument it is seen by who lists processes, so
stdin is better. Secrets of the hashes live for two days and not longer than the project runs: what is older cannot be found by
anybody any more, and goes when its time is over.`,
    examples: {
      "meshwise privacy forget - < cookie.txt": "the value of his session cookie, or his API key",
      "meshwise privacy forget --address 203.0.113.7 --user-agent 'curl/8.9'": "who has neither",
      "meshwise privacy forget --everybody": "all of it",
    },
    seeAlso: "Exit code: 0 forgotten, 1 nothing was known of him.",
  });
  command.action(
    act(async (context: Context, secret: string | undefined, options: ForgetOptions, self: Command) => {
      const request = await requestOf(secret, options);
      if (!request) {
        const how = "write a secret, or - for stdin, or --address with --user-agent, or --everybody";
        await say(context, `${tint("error:", "bad", context.err.colour)} Who is to be forgotten? ${how}.`);
        return EXIT.usage;
      }
      const { client } = await runningProject(context, projectOf(self));
      const { requests } = await client.forget(request);
      await say(context, requests > 0 ? `Forgotten: ${requests} requests.` : "Nothing is known of this visitor.");
      return requests > 0 || "everybody" in request ? EXIT.ok : EXIT.failure;
    }),
  );
}

async function requestOf(
  secret: string | undefined,
  { address, userAgent, everybody }: ForgetOptions,
): Promise<ForgetRequest | undefined> {
  const ways = [secret !== undefined, address !== undefined || userAgent !== undefined, everybody];
  if (ways.filter(Boolean).length !== 1) return undefined;
  if (everybody) return { everybody };
  if (address !== undefined && userAgent !== undefined) return { address, userAgent };
  const value = secret === "-" ? (await Bun.stdin.text()).trim() : secret;
  return value ? { secret: value } : undefined;
}
