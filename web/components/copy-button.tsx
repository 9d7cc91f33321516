import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 1_500;

/** Copies `text`, and says so for a moment. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => {}, // the browser forbids it here: the text can be selected
    );
  return (
    <button type="button" className="button is-icon" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      <Icon name={isCopied ? "check" : "copy"} />
      <span className="for-readers" role="status">
        {isCopied ? "Copied" : ""}
      </span>
    </button>
  );
}
