// What a workload runs, as the shell text that stage/exec.sh evaluates.

export type Command = {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** absolute */
  readonly workingDirectory: string;
};

/** names that shells treat specially: to export them would change the shell, or fail */
const SHELLS_OWN =
  /^(_|IFS|PS[0-4]|UID|EUID|PPID|GROUPS|PWD|OLDPWD|OPTIND|OPTARG|SHELLOPTS|BASH.*|LINENO|SHLVL|mw_.*)$/;
const EXPORTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function commandText({ argv, environment, workingDirectory }: Command): string {
  const lines: string[] = [];
  const others: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (EXPORTABLE.test(name) && !SHELLS_OWN.test(name)) lines.push(`export ${name}=${quoted(value)}`);
    else if (name !== "" && !name.includes("=")) others.push(quoted(`${name}=${value}`));
  }
  const program = ['exec "$mw_env_program"', "--default-signal", ...others, '"$@"', "3>&-"].join(" ");
  lines.push(
    `mw_env() { ${program}; }`,
    `mw_directory=${quoted(workingDirectory)}`,
    `set -- ${argv.map(quoted).join(" ")}`,
  );
  return `${lines.join("\n")}\n`;
}

/** One word for a POSIX shell, whatever it contains; NUL, which no argument can hold, is left out. */
function quoted(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", `'\\''`)}'`;
}
