// Starts one of our own programs as a child with a channel to it.
import { type Channel, type ChannelEnds, channelPair, openChannel } from "./channel.ts";
import { closeFds, duplicate } from "./libc.ts";

/** where a child finds its end of the channel to its parent */
export const CHILD_ENDS: ChannelEnds = [3, 4];

export type SpawnOptions = {
  /** argv in front of ours, such as setpriv or unshare with their flags; it must exec the rest and keep descriptors 3 and 4 */
  readonly prefix?: readonly string[];
  /** absolute path of the runtime's binary; the one that runs us when absent */
  readonly runtime?: string;
  /** complete; this process's own when absent */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** descriptor for the child's output and errors; ours when absent */
  readonly output?: number;
  readonly workingDirectory?: string;
};

export type Spawned<In, Out> = { readonly process: Bun.Subprocess; readonly channel: Channel<In, Out> };

/** @param main absolute path of the TypeScript file to run */
export function spawnProcess<In, Out>(
  main: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Spawned<In, Out> {
  const { here, there } = channelPair();
  // the child's copies become 3 and 4 one after the other: sources above them cannot be overwritten on the way
  const high = there.map((fd) => duplicate(fd, 16));
  closeFds(there);
  const output = options.output ?? "inherit";
  try {
    const process = Bun.spawn(
      [...(options.prefix ?? []), options.runtime ?? globalThis.process.execPath, main, ...args],
      {
        stdio: ["ignore", output, output, high[0] as number, high[1] as number],
        env: { ...(options.environment ?? globalThis.process.env) },
        ...(options.workingDirectory !== undefined && { cwd: options.workingDirectory }),
      },
    );
    return { process, channel: openChannel<In, Out>(here) };
  } catch (thrown) {
    closeFds(here);
    throw thrown;
  } finally {
    closeFds(high);
  }
}
