// How the host is told what to run; the CLI's side of it is described in api/host-types.ts.
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type StateDirectory, stateDirectory } from "../../model/state-directory.ts";

export type HostArguments = {
  readonly composeFile: string;
  readonly state: StateDirectory;
  /** standard input is the parent's pipe: its end means down */
  readonly followsParent: boolean;
};

export function readArguments(argv: readonly string[]): HostArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      file: { type: "string" },
      state: { type: "string" },
      "follow-parent": { type: "boolean", default: false },
    },
  });
  if (!values.file || !values.state) throw new TypeError("usage: host --file FILE --state DIRECTORY [--follow-parent]");
  const root = resolve(values.state);
  return {
    composeFile: resolve(values.file),
    state: stateDirectory(basename(root), { MESHWISE_STATE_DIR: dirname(root) }),
    followsParent: values["follow-parent"],
  };
}
