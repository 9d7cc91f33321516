// A button with something that opens beneath it and closes by Escape, by a click elsewhere, or when the focus leaves.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

export type PopoverProps = {
  /** what the button shows */
  readonly label: ReactNode;
  /** what the button is called when it shows no words */
  readonly name?: string;
  readonly className?: string;
  readonly align?: "start" | "end";
  readonly children: ReactNode | ((close: () => void) => ReactNode);
};

export function Popover({ label, name, className = "button", align = "start", children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside, true);
    document.addEventListener("focusin", closeOutside);
    return () => {
      document.removeEventListener("pointerdown", closeOutside, true);
      document.removeEventListener("focusin", closeOutside);
    };
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape, from whatever is focused inside
    <div
      className="popover-frame"
      ref={frame}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={name}
        title={name}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div id={id} className={`popover is-${align}`}>
          {typeof children === "function" ? children(close) : children}
        </div>
      )}
    </div>
  );
}
