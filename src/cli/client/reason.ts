// Why a connection failed, without the runtime's advice to its programmer.

export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\.? (For more information, pass|Is the computer able to).*$/s, "");
}
