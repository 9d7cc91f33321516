// What is not as it should be with the figures themselves: the observatory is away, or something was not counted.
import { timeOfDay } from "../../data/format.ts";
import { useConnection } from "../../data/use-answer.tsx";
import { useMesh } from "../../data/use-mesh.tsx";
import { Icon } from "../icon.tsx";
import { Prose } from "../prose.tsx";

export function Banners() {
  const isLost = useConnection() === "lost";
  const { health } = useMesh();
  const missing = health?.coverage.missing ?? [];
  return (
    <div className="banners" role="status">
      {isLost && (
        <p className="banner is-warning">
          <Icon name="plug" size={14} />
          <span>
            Reconnecting to the observatory…
            {health ? ` Figures are of ${timeOfDay(health.asOf)}.` : " Is it running? meshwise ps tells."}
          </span>
        </p>
      )}
      {missing.length > 0 && (
        <p className="banner">
          <Icon name="info" size={14} />
          <span>
            <Prose text={missing.join(" ")} />
          </span>
        </p>
      )}
    </div>
  );
}
