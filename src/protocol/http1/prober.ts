// Who asks only to see whether a service is there, or to read its counters: by the User-Agent that probers and scrapers
// are known by. Whoever has no such name is found by what it does (observatory/routes/probes.ts).

/** how the value of User-Agent begins */
const PROBERS = [
  "kube-probe/",
  "Prometheus/",
  "ELB-HealthChecker/",
  "GoogleHC/",
  "GoogleStackdriverMonitoring-UptimeChecks",
  "Amazon-Route53-Health-Check-Service",
  "Blackbox Exporter/",
  "Consul Health Check",
  "Envoy/HC",
  "vm_promscrape",
  "Datadog Agent/",
  "Load Balancer Agent",
  "Edge Health Probe",
  "AlwaysOn",
  "check_http/",
  "Zabbix",
  "Better Uptime Bot",
  "StatusCake",
  "meshwise-health",
] as const;

/** the same of those that look like browsers, after `Mozilla/5.0 (` */
const DISGUISED = ["compatible; UptimeRobot/", "compatible; Pingdom.com_bot", "compatible; Better Uptime Bot"] as const;
const BROWSER = "Mozilla/5.0 (";

/** by the first letter's code, because most agents are none of them and one look should tell so */
const BY_LETTER: (readonly string[] | undefined)[] = [];
for (const name of PROBERS) BY_LETTER[name.charCodeAt(0)] = [...(BY_LETTER[name.charCodeAt(0)] ?? []), name];
const [M, C] = ["M", "c"].map((letter) => letter.charCodeAt(0));

/** Is what begins at `from` the name of a prober? */
export function isProber(text: string, from: number): boolean {
  const first = text.charCodeAt(from);
  if (first === M)
    return text.charCodeAt(from + BROWSER.length) === C && begins(DISGUISED, text, from + BROWSER.length);
  const names = BY_LETTER[first];
  return names !== undefined && begins(names, text, from);
}

function begins(names: readonly string[], text: string, from: number): boolean {
  for (const name of names) if (text.startsWith(name, from)) return true;
  return false;
}
