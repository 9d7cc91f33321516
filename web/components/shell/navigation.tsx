// The five places. Each link keeps the time range, and the service where the place is about one.
import { Link, useLocation } from "wouter";
import { useMesh } from "../../data/use-mesh.tsx";
import { placeHref, servicePath, useView } from "../../data/use-view.ts";
import { Icon, type IconName } from "../icon.tsx";
import { Logo } from "./logo.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

const PLACES: readonly { readonly name: string; readonly path: string; readonly icon: IconName }[] = [
  { name: "Map", path: "/map", icon: "map" },
  { name: "Service", path: "/service", icon: "service" },
  { name: "Why", path: "/why", icon: "why" },
  { name: "Journeys", path: "/journeys", icon: "journeys" },
  { name: "Mesh", path: "/mesh", icon: "mesh" },
];

export function Navigation() {
  const [location] = useLocation();
  const [view] = useView();
  const { project } = useMesh();
  const service = serviceOf(location) ?? view.service;
  const href = (path: string) => {
    if (path === "/service" && service) return placeHref(servicePath(service), view);
    return placeHref(path, view, path === "/map" || path === "/why" ? { service } : {});
  };
  return (
    <nav className="navigation" aria-label="Places">
      <Link className="brand" href={placeHref("/map", view)}>
        <Logo />
        <span className="brand-words">
          <span className="brand-name">Meshwise</span>
          <span className="brand-project">{project || "\u00a0"}</span>
        </span>
      </Link>
      <ul className="places">
        {PLACES.map(({ name, path, icon }) => {
          const isHere = location === path || location.startsWith(`${path}/`) || (path === "/map" && location === "/");
          return (
            <li key={path}>
              <Link href={href(path)} className="place" aria-current={isHere ? "page" : undefined}>
                <Icon name={icon} />
                <span className="place-name">{name}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      <ThemeSwitch />
    </nav>
  );
}

function serviceOf(location: string): string | undefined {
  const name = /^\/service\/(.+)$/.exec(location)?.[1];
  return name && decodeURIComponent(name);
}
