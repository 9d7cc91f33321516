// From a project and its objects to a config in force. Everything that can fail comes before anything is changed.
import type { Clock } from "../../base/clock.ts";
import type { MeshError } from "../../base/errors/index.ts";
import { type Compiled, compile } from "../../control/compile.ts";
import type { Configuration } from "../../control/differences.ts";
import { type StatusBoard, statusBoard } from "../../control/gateway/board.ts";
import { socketKey } from "../../control/gateway/compile.ts";
import type { MeshObject } from "../../control/gateway/object.ts";
import type { Reason } from "../../control/gateway/verdict.ts";
import type { Project } from "../../model/project.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import type { VisitorKeys } from "../../model/visit.ts";
import type { Carrier, Change, PublishedPorts } from "./published.ts";
import { readAllocation, writeAllocation } from "./state-files.ts";

export type Configured = {
  readonly config: MeshConfig;
  /** the sockets go to the workers, what is no longer wanted is closed, and the objects' status tells of it */
  commit(): void;
};

export type Configuring = {
  readonly clock: Clock;
  readonly state: StateDirectory;
  readonly ports: PublishedPorts;
  readonly carrier: Carrier;
  readonly board: StatusBoard;
  /** by which visitors are told apart; undefined: they are not */
  readonly visitors: () => VisitorKeys | undefined;
  /** what the user changed, once it is to be in force */
  readonly changed: (now: Configuration) => void;
};

/** @param keep what else must be on the disk before it holds @throws MeshError; then nothing has changed */
export function configure(
  { clock, state, ports, carrier, board, visitors, changed }: Configuring,
  project: Project,
  objects: readonly MeshObject[],
  keep: () => void = () => {},
): Configured {
  const compiled = compile(project, objects, readAllocation(state), clock.nowUs());
  const opened = ports.prepare(compiled.config.published);
  try {
    writeAllocation(state, compiled.allocation);
    keep();
  } catch (error) {
    opened.abandon();
    throw error;
  }
  const keys = visitors();
  return {
    config: { ...compiled.config, published: opened.listeners, ...(keys && { visitors: keys }) },
    commit() {
      opened.commit(carrier);
      updateBoard(board, project, objects, compiled, opened, clock.nowUs());
      changed({ project, objects });
    },
  };
}

/** What the objects' status would be, with nothing changed. */
export function rehearse(
  { clock, state, ports }: Configuring,
  project: Project,
  objects: readonly MeshObject[],
): StatusBoard {
  const board = statusBoard();
  const compiled = compile(project, objects, readAllocation(state), clock.nowUs());
  const opened = ports.prepare(compiled.config.published);
  opened.abandon();
  updateBoard(board, project, objects, compiled, opened, clock.nowUs());
  return board;
}

function updateBoard(
  board: StatusBoard,
  project: Project,
  objects: readonly MeshObject[],
  { findings, config, allocation }: Compiled,
  { refused }: Change,
  nowUs: number,
): void {
  const reasons = new Map(
    refused.flatMap(({ listener, error }) => {
      const { gateway, hostAddress, hostPort, protocol = "http" } = listener;
      return gateway === undefined ? [] : [[socketKey({ gateway, hostAddress, hostPort, protocol }), reasonOf(error)]];
    }),
  );
  board.update(
    {
      namespace: project.name,
      objects,
      findings,
      allocation: allocation.routing,
      version: config.version,
      refused: reasons,
    },
    nowUs,
  );
}

function reasonOf(error: MeshError): Reason {
  const reason = error.code === "port_address" ? "AddressNotUsable" : "PortUnavailable";
  return { reason, message: `${error.row.means}: ${error.message}` };
}
