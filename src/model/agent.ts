// What an agent is to those who start, replace and name it.

/**
 * The language between the parts that an upgrade replaces (supervisor, opener, workers) and those that stay (runner, host,
 * observatory): messages, spans, samples and the order of the error table. Raise it when one of these changes so that the
 * other side of before cannot follow.
 */
export const AGENT_PROTOCOL = 2;

/** The program of an agent: where it lies, and what runs it. */
export type AgentProgram = {
  /** absolute path of the runtime's binary */
  readonly runtime: string;
  /** absolute path of its main/supervisor.ts */
  readonly main: string;
};

export type UpgradeRequest = {
  readonly program: AgentProgram;
  /** ms that open connections of the old agent may go on */
  readonly graceMs: number;
};

/** What an upgrade did. */
export type Upgraded = {
  /** versions */
  readonly from: string;
  readonly to: string;
  /** from the start of the new agent until it led */
  readonly readyMs: number;
  /** from then on until the old one had ended */
  readonly drainMs: number;
  /** connections of the old one that had to be cut because their time of grace was over */
  readonly cut: number;
};
