// What a command's file offers to the program, and the exit codes they all keep to.
import type { Command } from "commander";
import type { Context } from "./context.ts";

/** `failure`: something was found or went wrong; `usage`: the command line itself is wrong. Signals: signals.ts */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/** Puts a command in its place in the tree. */
export type Register = (program: Command, act: Act) => void;

/** Makes commander's action of what a command does; the number is the exit code. */
export type Act = <Args extends unknown[]>(
  run: (context: Context, ...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;
