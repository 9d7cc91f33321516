// A thread that makes the incident of each seed it is sent, and judges the answer; undefined: there is no symptom to ask about.
import { drawIncident } from "../../test/sim/incidents/incident.ts";
import { judge } from "./judge.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<number>) => {
  const incident = drawIncident(data);
  self.postMessage(incident && judge(incident));
};
