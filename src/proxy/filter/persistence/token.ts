// What a session's token says.

export type Session = {
  /** WorkloadIdentity.key */
  readonly workload: number;
  /** s since the epoch */
  readonly begunS: number;
  readonly seenS: number;
};

export function formatToken({ workload, begunS, seenS }: Session): string {
  return [workload, begunS, seenS].map((value) => value.toString(36)).join(".");
}

/** undefined: it is none of ours */
export function parseToken(text: string): Session | undefined {
  const found = /^([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})$/.exec(text);
  if (!found) return undefined;
  const [workload = 0, begunS = 0, seenS = 0] = found.slice(1).map((part) => Number.parseInt(part, 36));
  return workload === 0 ? undefined : { workload, begunS, seenS };
}
