// Whether an answer says of a fault what is true.
import type { Cause } from "../../../demo/faults/fault.ts";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { WhyAnswer } from "../../../src/api/types.ts";

type Finding = WhyAnswer["findings"][number];

export type Verdict = {
  /** the first finding names the service of a cause; of nothing, that nothing is wrong */
  readonly isTop1: boolean;
  /** one of the first three does */
  readonly isTop3: boolean;
  /** and the workload, version or route, where the cause has one */
  readonly isExact: boolean;
  readonly isClass: boolean;
  /** s between what it says and when it began; absent: the first finding is not right */
  readonly onsetErrorS?: number;
};

export function judge({ causes, onset }: Truth, { state, findings }: WhyAnswer): Verdict {
  if (causes.length === 0) {
    const isSilent = findings.length === 0 && (state === "nothing-wrong" || state === "as-usual");
    return { isTop1: isSilent, isTop3: isSilent, isExact: isSilent, isClass: isSilent };
  }
  const ofService = (finding: Finding | undefined) =>
    causes.find(({ subject }) => subject.service === finding?.subject.service);
  const [first] = findings;
  const cause = ofService(first);
  return {
    isTop1: cause !== undefined,
    isTop3: findings.slice(0, 3).some((one) => ofService(one) !== undefined),
    ...{ isExact: false, isClass: false },
    ...(first && cause && about(first, cause, onset)),
  };
}

function about(
  first: Finding,
  { subject, classes }: Cause,
  { from, to }: Truth["onset"],
): Omit<Verdict, "isTop1" | "isTop3"> {
  const since = Date.parse(first.since);
  // it began somewhere in between
  const errorMs = Math.max(0, Date.parse(from) - since, since - Date.parse(to ?? from));
  const isSame = (name: "workload" | "version" | "route") =>
    subject[name] === undefined || subject[name] === first.subject[name];
  return {
    isExact: isSame("workload") && isSame("version") && isSame("route"),
    isClass: (classes as readonly string[]).includes(first.class),
    onsetErrorS: errorMs / 1000,
  };
}
