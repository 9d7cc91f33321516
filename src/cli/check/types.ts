// What a check is: a fact about this machine or the running project that must hold, and what to do when it does not.

export type Verdict =
  | { readonly kind: "ok"; readonly detail?: string }
  /** works, but with less than there could be */
  | { readonly kind: "warning"; readonly detail: string; readonly fix: string }
  | { readonly kind: "failure"; readonly detail: string; readonly fix: string };

export type Check = {
  /** the fact, as it reads when it holds */
  readonly name: string;
  readonly look: () => Promise<Verdict> | Verdict;
};

export type Group = { readonly name: string; readonly checks: readonly Check[] };

export type CheckResult = { readonly group: string; readonly name: string } & Verdict;

export const OK: Verdict = { kind: "ok" };

export function ok(detail: string): Verdict {
  return { kind: "ok", detail };
}

export function failure(detail: string, fix: string): Verdict {
  return { kind: "failure", detail, fix };
}

export function warning(detail: string, fix: string): Verdict {
  return { kind: "warning", detail, fix };
}
