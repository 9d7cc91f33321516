// What is known of a workload's use of its host: every signal once, with the name under which the store keeps it.

/** Cumulated over a workload's life, so that a lost sample costs resolution and no time. */
export const RESOURCE_COUNTERS = {
  /** CPU time of all its tasks, µs */
  cpuUs: "cpu_us",
  /** stood still because its CPU limit was used up, µs */
  throttledUs: "throttled_us",
  /** its tasks could run and waited for a CPU, µs, summed over those that did nine tenths of the work in each second; what
   *  ended between two looks is missing */
  runDelayUs: "run_delay_us",
  /** of `cpuUs` and `runDelayUs`, the part of the task that has run most in its life: of an event loop that is most */
  mainCpuUs: "main_cpu_us",
  mainDelayUs: "main_delay_us",
  /** its tasks waited for storage, µs, summed over tasks */
  ioDelayUs: "io_delay_us",
  /** pressure stall: at least one task (some), or all that were not idle (full), could not go on, µs */
  cpuSomeUs: "cpu_some_us",
  ioSomeUs: "io_some_us",
  ioFullUs: "io_full_us",
  memorySomeUs: "memory_some_us",
  memoryFullUs: "memory_full_us",
  /** that reached storage, or came from there */
  readBytes: "read_bytes",
  writeBytes: "write_bytes",
  majorFaults: "major_faults",
  oomKills: "oom_kills",
  /** connections that its namespace refused because an application did not accept in time */
  listenDrops: "listen_drops",
  /** segments that TCP sent, and sent again, in its network namespace */
  segments: "segments",
  retransmits: "retransmits",
  /** datagrams that UDP sent in its network namespace, and those that arrived; not told where the namespace leads elsewhere */
  datagrams: "datagrams",
  datagramsTaken: "datagrams_taken",
  /** requests to storage */
  readOps: "read_ops",
  writeOps: "write_ops",
  /** read from storage once more, because there was no memory to keep it in */
  refaultBytes: "refault_bytes",
  /** of the host: it could run and the hypervisor ran others, µs, summed over CPUs */
  stealUs: "steal_us",
} as const;

export type ResourceCounter = keyof typeof RESOURCE_COUNTERS;
export const COUNTER_NAMES = Object.keys(RESOURCE_COUNTERS) as ResourceCounter[];

/** As they are at the look. */
export const RESOURCE_LEVELS = {
  /** without page cache that the kernel would give back at once */
  memoryBytes: "memory_bytes",
  /** connections that wait until they are accepted, at the fullest of its listening sockets */
  listenQueue: "listen_queue",
} as const;

export type ResourceLevel = keyof typeof RESOURCE_LEVELS;
export const LEVEL_NAMES = Object.keys(RESOURCE_LEVELS) as ResourceLevel[];

/** Figures of one workload's cgroup, of the host, or of one of our processes; absent = this host does not tell. */
export type ResourceSample = { readonly [Name in ResourceCounter | ResourceLevel]?: number };

/** a store has the columns of these behind all others, because it lacked them at first; of the last ones, behind these and a level */
const ADDED_LATER: readonly ResourceCounter[] = ["retransmits", "readOps", "writeOps", "refaultBytes", "stealUs"];
const ADDED_LAST: readonly ResourceCounter[] = ["segments", "datagrams", "datagramsTaken"];

/** The order in which figures are kept and stored. */
export const RESOURCE_NAMES: readonly (keyof ResourceSample)[] = [
  ...COUNTER_NAMES.filter((name) => ![...ADDED_LATER, ...ADDED_LAST].includes(name)),
  "memoryBytes",
  ...ADDED_LATER,
  "listenQueue",
  ...ADDED_LAST,
];

/** NaN where absent */
export function figuresOf(sample: ResourceSample = {}): number[] {
  return RESOURCE_NAMES.map((name) => sample[name] ?? Number.NaN);
}

/** @param figures in the order of RESOURCE_NAMES; what is no finite number is absent */
export function sampleOf(figures: readonly unknown[]): ResourceSample {
  const there = RESOURCE_NAMES.map((name, index) => [name, figures[index]] as const);
  return Object.fromEntries(there.filter(([, value]) => Number.isFinite(value)));
}
