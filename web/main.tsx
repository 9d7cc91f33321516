// The page's beginning: one connection, the view from the address, the place that it names.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Redirect, Route, Switch } from "wouter";
import { Empty } from "./components/problem.tsx";
import { Shell } from "./components/shell/shell.tsx";
import { browserLive } from "./data/browser.ts";
import { applyTheme } from "./data/theme.ts";
import { LiveProvider } from "./data/use-answer.tsx";
import { MeshProvider } from "./data/use-mesh.tsx";
import { IncidentPage } from "./pages/incident.tsx";
import { JourneysPage } from "./pages/journeys.tsx";
import { MapPage } from "./pages/map.tsx";
import { MeshPage } from "./pages/mesh.tsx";
import { ServicePage, ServicesPage } from "./pages/service.tsx";
import { TracePage } from "./pages/trace.tsx";
import { WhyPage } from "./pages/why.tsx";

function Places() {
  return (
    <Switch>
      <Route path="/map" component={MapPage} />
      <Route path="/service" component={ServicesPage} />
      <Route path="/service/*">{(parameters) => <ServicePage service={parameters["*"] ?? ""} />}</Route>
      <Route path="/trace/:id">{({ id }) => <TracePage key={id} id={id} />}</Route>
      <Route path="/incident/:id">{({ id }) => <IncidentPage key={id} id={id} />}</Route>
      <Route path="/why" component={WhyPage} />
      <Route path="/journeys" component={JourneysPage} />
      <Route path="/mesh" component={MeshPage} />
      <Route path="/">
        <Redirect to={`/map${location.search}`} replace />
      </Route>
      <Route>
        <Empty icon="map" title="There is no such place" />
      </Route>
    </Switch>
  );
}

applyTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LiveProvider live={browserLive()}>
        <MeshProvider>
          <Shell>
            <Places />
          </Shell>
        </MeshProvider>
      </LiveProvider>
    </StrictMode>,
  );
}
