// Mistakes in what the user wrote, and what keeps the host process from doing it: files, names, ports, directories.
import type { ErrorRow } from "./row.ts";

export const configErrors = {
  compose_invalid: {
    side: "user",
    retry: "no",
    means: "The Compose file cannot be used as it is",
    fix: "Correct this and run the command again.",
  },
  compose_missing: {
    side: "user",
    retry: "no",
    means: "There is no Compose file",
    fix: "Create compose.yaml, or name one with -f.",
  },
  compose_unreadable: {
    side: "user",
    retry: "no",
    means: "The Compose file cannot be read",
    fix: "Check its path and permissions.",
  },
  compose_several: {
    side: "user",
    retry: "no",
    means: "Several Compose files are not merged yet",
    fix: "Name the one to use with -f.",
  },
  project_name: {
    side: "user",
    retry: "no",
    means: "This makes no project name",
    fix: "Write `name:` in the Compose file, in lower-case letters, digits, - and _, beginning with a letter or digit.",
  },
  project_running: {
    side: "user",
    retry: "no",
    means: "The project is already running",
    fix: "Use the running one, or end it with `meshwise down`.",
  },
  project_elsewhere: {
    side: "user",
    retry: "no",
    means: "Another project of the same name is running",
    fix: "Choose another name with `name:` in the Compose file or COMPOSE_PROJECT_NAME, or end the other with `meshwise down`.",
  },
  project_too_large: {
    side: "user",
    retry: "no",
    means: "The project has had more services than there are addresses",
    fix: "End it with `meshwise down`, remove its state directory, and start it again.",
  },
  port_in_use: {
    side: "user",
    retry: "no",
    means: "A port to publish is in use",
    fix: "End what holds it, or publish another port.",
  },
  port_forbidden: {
    side: "user",
    retry: "no",
    means: "A port to publish may not be opened",
    fix: "Publish a port above 1023, or as root: sysctl net.ipv4.ip_unprivileged_port_start=0.",
  },
  port_address: {
    side: "user",
    retry: "no",
    means: "A port cannot be published at this address",
    fix: "Name an address that this host has, or none for all of them.",
  },
  state_unwritable: {
    side: "user",
    retry: "no",
    means: "The state directory cannot be written",
    fix: "Make it writable, or name another with MESHWISE_STATE_DIR.",
  },
  state_full: {
    side: "user",
    retry: "no",
    means: "The disk of the state directory is full",
    fix: "Free some space, or name another directory with MESHWISE_STATE_DIR.",
  },
  state_path_long: {
    side: "user",
    retry: "no",
    means: "The path of a socket in the state directory is longer than the 107 bytes that Linux allows",
    fix: "Name a shorter directory with MESHWISE_STATE_DIR.",
  },
  state_broken: {
    side: "internal",
    retry: "no",
    means: "A file in the state directory is broken",
    fix: "Remove it; services may then get other addresses.",
  },
  sandbox_ended: {
    side: "internal",
    retry: "no",
    means: "The sandbox that holds the workloads could not be started",
    fix: "Run `meshwise check --pre`: it names what this host lacks.",
  },
  workloads_failed: {
    side: "user",
    retry: "no",
    means: "Not everything could be started",
    fix: "See `meshwise ps` and `meshwise logs`.",
  },
  host_failed: {
    side: "internal",
    retry: "yes",
    means: "The mesh met something that it did not expect",
    fix: "Try again; `meshwise logs mesh` may say more.",
  },
  host_request: {
    side: "user",
    retry: "no",
    means: "The running project did not understand the request",
    fix: "If it was started by another version, `meshwise down` and `meshwise up` mend it.",
  },
  host_ending: {
    side: "user",
    retry: "no",
    means: "The project is being stopped",
    fix: "Run the command again when it has ended.",
  },
} as const satisfies Record<string, ErrorRow>;
