// What reads one format into a log.
export type Importer = {
  push(text: string): void;
  end(): void;
  /** whether a row stays, once all is read */
  isKept(row: number): boolean;
};
