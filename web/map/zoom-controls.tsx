import { useReactFlow } from "@xyflow/react";
import { Icon, type IconName } from "../components/icon.tsx";

export function ZoomControls({ fit }: { readonly fit: () => void }) {
  const flow = useReactFlow();
  return (
    <div className="zoom-controls">
      <Control icon="plus" name="Zoom in" act={() => void flow.zoomIn()} />
      <Control icon="minus" name="Zoom out" act={() => void flow.zoomOut()} />
      <Control icon="fit" name="Show the whole map" act={fit} />
    </div>
  );
}

function Control({ icon, name, act }: { readonly icon: IconName; readonly name: string; readonly act: () => void }) {
  return (
    <button type="button" className="button is-icon is-quiet" aria-label={name} title={name} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}
