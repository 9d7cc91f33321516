// What is wrong with a line of a file, in words that follow "line 7 ".
export class Misread extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(what);
    this.line = line;
  }
}
