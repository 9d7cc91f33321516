// Search: type a part of a name, go to the service. Opened by `/` or Ctrl-K; arrow keys choose.
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Answer, StatRow } from "../../../src/api/types.ts";
import { failed, isTrouble, percent, rate } from "../../data/format.ts";
import { namerOf } from "../../data/names.ts";
import { servicesQuestion } from "../../data/questions.ts";
import { useAnswer } from "../../data/use-answer.tsx";
import { placeHref, servicePath, useView } from "../../data/use-view.ts";
import { Icon } from "../icon.tsx";
import { found } from "./found.ts";

const MOST_SHOWN = 12;

export function JumpButton({ open }: { readonly open: () => void }) {
  return (
    <button type="button" className="button jump-button" aria-label="Go to a service" onClick={open}>
      <Icon name="search" size={14} />
      <span className="jump-words">Go to a service</span>
      <kbd>/</kbd>
    </button>
  );
}

export function Jump({ close }: { readonly close: () => void }) {
  const [view, change] = useView();
  const [location, navigate] = useLocation();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const { answer } = useAnswer<Answer<StatRow>>(servicesQuestion(view), false);
  const rows = useMemo(() => found(answer?.rows ?? [], text).slice(0, MOST_SHOWN), [answer, text]);
  const active = Math.min(chosen, rows.length - 1);

  useEffect(() => dialog.current?.showModal(), []);
  const go = (row: StatRow | undefined) => {
    if (!row) return;
    close();
    const service = namerOf(answer?.rows ?? [])(row.service, row.namespace);
    if (location === "/" || location === "/map") change({ service, call: undefined });
    else if (location === "/why") change({ service });
    else navigate(placeHref(servicePath(service), view));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(active + step, rows.length - 1)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(rows[active]);
    }
  };
  return (
    <dialog
      ref={dialog}
      className="jump"
      aria-label="Go to a service"
      onClose={close}
      onPointerDown={(event) => event.target === dialog.current && close()}
    >
      <div className="jump-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Name of a service"
          aria-expanded={rows.length > 0}
          aria-controls="jump-found"
          aria-activedescendant={rows[active] ? `jump-${active}` : undefined}
          placeholder="Name of a service"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      <div id="jump-found" role="listbox" aria-label="Services" className="jump-found">
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys, as a combobox has
          <div
            key={`${row.namespace}/${row.service}`}
            id={`jump-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="jump-row"
            onPointerMove={() => setChosen(index)}
            onClick={() => go(row)}
          >
            <span className="jump-name">{row.service}</span>
            <span className="quiet">{row.namespace}</span>
            <span className="spacer" />
            <span className="figure">{rate(row.rps)}</span>
            <span className={isTrouble(row) ? "figure is-trouble" : "figure"}>{percent(failed(row))}</span>
          </div>
        ))}
      </div>
      {answer && rows.length === 0 && <p className="quiet is-centred">No service is called so.</p>}
    </dialog>
  );
}
