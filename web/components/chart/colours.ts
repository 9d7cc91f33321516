// The colours of tokens.css as a canvas needs them: resolved for the theme that is seen.

const resolved = new Map<string, string>();

export function colour(token: string): string {
  const theme = document.documentElement.dataset.theme ?? "";
  const key = `${theme} ${matchMedia("(prefers-color-scheme: dark)").matches} ${token}`;
  let value = resolved.get(key);
  if (value === undefined) {
    const probe = document.createElement("span");
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    value = getComputedStyle(probe).color;
    probe.remove();
    resolved.set(key, value);
  }
  return value;
}

/** @param share 0…1 */
export function faded(token: string, share: number): string {
  return `color-mix(in srgb, ${colour(token)} ${share * 100}%, transparent)`;
}
