// What the learner must reach on each style: after 20,000 requests, one in twenty of them for what is not there.

export type Goal = {
  /** of the routes told, those that are a label's */
  readonly precision: number;
  /** of the labels, those that are told */
  readonly recall: number;
  /** of the requests, those that are counted under their label */
  readonly right: number;
};

const MOST: Goal = { precision: 0.95, recall: 0.98, right: 0.99 };

export const GOALS: Readonly<Record<string, Goal>> = {
  "code hosting": MOST,
  // random letters without a digit look like a name until there are some of them
  payments: { ...MOST, precision: 0.85 },
  // `/en/help`: a few languages are words, not a variable
  shop: { precision: 0.8, recall: 0.95, right: 0.98 },
  cluster: MOST,
  blog: MOST,
  "single endpoints": { precision: 1, recall: 1, right: 1 },
  files: MOST,
  // mended on: `dist-tags/beta` and `point/last-week` stay words, as do the branches `main` and `latest` beside hashes
  "package registry": { precision: 0.4, recall: 0.95, right: 0.93 },
  "git forge": { precision: 0.82, recall: 0.94, right: 0.95 },
  chat: { precision: 0.92, recall: 1, right: 0.99 },
  "container registry": { precision: 0.6, recall: 0.95, right: 0.9 },
};
