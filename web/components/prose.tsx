/** A sentence of the observatory; what stands in backticks in it is a command. */
export function Prose({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence are told apart by their place alone
      <code key={index}>{part}</code>
    ),
  );
}
