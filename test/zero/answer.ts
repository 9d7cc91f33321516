// Reads one answer from the bytes of a connection: a head, then as many bytes as it says. Whatever else comes is a failure:
// our services frame nothing in another way.

export type Answer = {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
  readonly isLast: boolean;
};

/** undefined: it is not whole yet. @throws Error when it cannot become a whole one, or more has come than it */
export function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (!status || length === undefined) throw new Error(`no answer of a service: ${head.slice(0, 200)}`);
  const whole = end + 4 + Number(length);
  if (bytes.length > whole) throw new Error(`${bytes.length - whole} bytes after the answer`);
  if (bytes.length < whole) return undefined;
  return { status, head, body: bytes.subarray(end + 4), isLast: /^connection: *close/im.test(head) };
}
