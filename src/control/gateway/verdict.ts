// Conditions of the Gateway API before anything is known of time or of the workers.

export type Verdict = {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
};

export function holds(type: string, reason: string = type, message = ""): Verdict {
  return { type, status: "True", reason, message };
}

export function fails(type: string, reason: string, message: string): Verdict {
  return { type, status: "False", reason, message };
}

/** Why something is not so. */
export type Reason = { readonly reason: string; readonly message: string };

export function verdict(type: string, against: Reason | undefined): Verdict {
  return against ? fails(type, against.reason, against.message) : holds(type);
}
