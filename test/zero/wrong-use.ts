/** What a program does that was called with options it does not have: says so, with how it is used. @returns the exit code */
export function wrongUse(usage: string): (thrown: unknown) => number {
  return (thrown) => {
    const { code = "", message } = thrown as Error & { readonly code?: string };
    if (!code.startsWith("ERR_PARSE_ARGS")) throw thrown;
    console.error(`${message}\n\n${usage}`);
    return 2;
  };
}
