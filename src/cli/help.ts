// Help that leads with what a command is for and examples of it; usage and options come after.
import type { Command } from "commander";

export type Manual = {
  /** one line, in the list of commands and as the first line of its help */
  readonly summary: string;
  readonly more?: string;
  /** command line → what it does */
  readonly examples: Readonly<Record<string, string>>;
  /** when another command is the better one */
  readonly seeAlso?: string;
};

export function manual(command: Command, text: Manual): Command {
  const examples = exampleLines(text.examples);
  command
    .summary(text.summary)
    .addHelpText("before", () => `${text.summary}\n${text.more ? `\n${text.more}\n` : ""}\nExamples:\n${examples}\n`);
  if (text.seeAlso) command.addHelpText("after", `\n${text.seeAlso}`);
  return command;
}

export function exampleLines(examples: Readonly<Record<string, string>>): string {
  const longest = Math.max(...Object.keys(examples).map((line) => line.length));
  return Object.entries(examples)
    .map(([line, what]) => `  ${line.padEnd(longest)}  ${what}`)
    .join("\n");
}
