// Which of the lines that a process left says best why it ended: runtimes print more after the error (a stack, the values
// of its fields, their own version).

const NAMES_AN_ERROR = /\b(\w*error|\w*exception|fatal|panic|denied|failed|refused|no such|cannot|could not)\b/i;

/** true for a line that names an error and does not stand indented beneath one */
export function namesAnError(line: string): boolean {
  return line.trimStart() === line && NAMES_AN_ERROR.test(line);
}

/** The last line that names an error, else the last that is not empty. */
export function tellingLine(lines: readonly string[]): string | undefined {
  return lines.findLast(namesAnError) ?? lines.findLast((line) => line.trim() !== "");
}
