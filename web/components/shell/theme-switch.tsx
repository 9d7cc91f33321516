import { setTheme, useIsDark } from "../../data/theme.ts";
import { Icon } from "../icon.tsx";

export function ThemeSwitch() {
  const isDark = useIsDark();
  const name = isDark ? "Light theme" : "Dark theme";
  return (
    <button
      type="button"
      className="place theme-switch"
      onClick={() => setTheme(isDark ? "light" : "dark")}
      title={name}
    >
      <Icon name={isDark ? "sun" : "moon"} />
      <span className="place-name">{name}</span>
    </button>
  );
}
