import type { ReactNode } from "react";
import { SameAs, type SameAsProps } from "../same-as.tsx";

export type SectionProps = {
  readonly title: string;
  readonly count?: number | undefined;
  readonly sameAs?: SameAsProps;
  readonly children: ReactNode;
};

export function Section({ title, count, sameAs, children }: SectionProps) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>
          {title}
          {count !== undefined && <span className="count">{count}</span>}
        </h2>
        {sameAs && <SameAs {...sameAs} />}
      </header>
      {children}
    </section>
  );
}
