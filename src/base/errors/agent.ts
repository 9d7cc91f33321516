// Failures of the agent: namespaces, listeners, capture, descriptors, workers.
import type { ErrorRow } from "./row.ts";

export const agentErrors = {
  program_missing: {
    side: "user",
    retry: "no",
    means: "This host lacks programs that make namespaces and rules",
    fix: "Install them; `meshwise check --pre` names all that a host lacks.",
  },
  tool_failed: {
    side: "internal",
    retry: "no",
    means: "A program of the system failed",
    fix: "`meshwise check --pre` names what this host lacks.",
  },
  capture_failed: {
    side: "internal",
    retry: "no",
    means: "The workload's traffic cannot be captured",
    fix: "`meshwise check --pre` names what this host lacks (nftables with tproxy, policy routing).",
  },
  listener_failed: {
    side: "internal",
    retry: "no",
    means: "The workload's listeners could not be opened",
    fix: "See `meshwise logs mesh`; ports 15001 (TCP) and 53 (UDP, on the resolver's address) belong to the mesh.",
  },
  opener_lost: {
    side: "internal",
    blames: "mesh",
    retry: "yes",
    means: "The process that opens sockets died while it was asked for some",
    fix: "It is started again by itself; when this repeats, `meshwise logs mesh` shows why.",
  },
  privileges_kept: {
    side: "internal",
    retry: "no",
    means: "A worker could not give up its privileges and does not go on with them",
    fix: "Start Meshwise as an ordinary user, or as root without a restricted set of capabilities.",
  },
  dns_malformed: {
    side: "downstream",
    retry: "no",
    means: "What a workload sent to its resolver is no DNS query",
    fix: "Look at the program that sent it; queries to port 53 of the resolver must follow RFC 1035.",
  },
  upgrade_failed: {
    side: "internal",
    retry: "yes",
    means: "The agent was not upgraded, and the one that ran goes on",
    fix: "Mend what is named and try again; `meshwise logs mesh` may say more.",
  },
  upgrade_protocol: {
    side: "user",
    retry: "no",
    means: "This version of the agent does not fit the running project",
    fix: "`meshwise down` and `meshwise up` with the new version replace everything.",
  },
  upgrade_busy: {
    side: "user",
    retry: "yes",
    means: "The agent is being upgraded already",
    fix: "Wait until the old one has finished what it has begun, then try again.",
  },
} as const satisfies Record<string, ErrorRow>;
