// Styles that the learner was not made on, after the documentation of public APIs: they were written down before it met them,
// and are reported apart. What they taught is told with their figures in bench/README.md.
import { seededRandom } from "../../src/base/random.ts";
import { coined, drawn, HEX, number, oneOf, type Pool, uuid } from "./pools.ts";
import { routes, type Style } from "./style.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const version: Pool = (random) =>
  `${random.u32() % 6}.${random.u32() % 20}.${random.u32() % 12}${random.u32() % 8 === 0 ? "-beta.2" : ""}`;
const packageName = oneOf(coined(400, [1, 2, 1, 2, 3]));
const scope: Pool = oneOf(coined(60, [1, 2]).map((name) => `@${name}`));
const group = oneOf(coined(80, [1, 2]));
const repository = oneOf(coined(300, [1, 2, 2]));
const branch: Pool = (random) =>
  random.unit() < 0.6 ? oneOf(["main", "develop", "master"])(random) : `feature%2F${oneOf(coined(80, [2, 3]))(random)}`;

const snowflake: Pool = (random) => `${1 + (random.u32() % 9)}${drawn("0123456789", 17)(random)}`;
const digest: Pool = (random) => `sha256:${drawn(HEX, 64)(random)}`;
const emoji = oneOf(["%F0%9F%91%8D", "%F0%9F%8E%89", "%E2%9D%A4%EF%B8%8F", "blobcat:41771983429993937"]);

export const HELD_OUT: readonly Style[] = [
  {
    name: "package registry",
    routes: routes(`
      GET /{pkg} 20
      PUT /{pkg} 2
      GET /{pkg}/{version} 4
      GET /{pkg}/-/{file}.tgz 14
      GET /{scope}/{pkg}/-/{file}.tgz 8
      GET /-/v1/search 5
      GET /-/ping 2
      GET /-/whoami
      PUT /-/user/{user}
      GET /-/package/{pkg}/dist-tags 2
      PUT /-/package/{pkg}/dist-tags/{tag}
      POST /-/npm/v1/security/advisories/bulk 4
      POST /-/npm/v1/security/audits/quick 2
      GET /-/npm/v1/user
      GET /-/npm/v1/tokens
      DELETE /-/npm/v1/tokens/token/{uuid}
      GET /-/org/{org}/package
      GET /-/team/{org}/{team}/user
      GET /downloads/point/{period}/{pkg} 3
      GET /downloads/range/{period}/{pkg}`),
    pools: {
      pkg: (random) => (random.unit() < 0.2 ? `${scope(random)}%2f${packageName(random)}` : packageName(random)),
      scope,
      version,
      file: (random) => `${packageName(random)}-${version(random)}`,
      user: (random) => `org.couchdb.user:${group(random)}`,
      tag: oneOf(["latest", "next", "beta", "canary", "rc", "legacy"]),
      uuid,
      org: group,
      team: oneOf(coined(40, [1])),
      period: oneOf(["last-week", "last-month", "last-day", "last-year", "2024-01-01:2024-02-01", "2024-03-01"]),
    },
  },
  {
    name: "git forge",
    routes: routes(`
      GET /api/v4/projects 3
      GET /api/v4/projects/{project} 8
      GET /api/v4/projects/{project}/issues 5
      POST /api/v4/projects/{project}/issues 2
      GET /api/v4/projects/{project}/issues/{n} 5
      POST /api/v4/projects/{project}/issues/{n}/notes 2
      GET /api/v4/projects/{project}/merge_requests 5
      GET /api/v4/projects/{project}/merge_requests/{n} 5
      PUT /api/v4/projects/{project}/merge_requests/{n}/merge
      GET /api/v4/projects/{project}/merge_requests/{n}/changes 2
      GET /api/v4/projects/{project}/repository/tree 2
      GET /api/v4/projects/{project}/repository/commits 3
      GET /api/v4/projects/{project}/repository/commits/{sha} 3
      GET /api/v4/projects/{project}/repository/branches 2
      GET /api/v4/projects/{project}/repository/branches/{branch} 2
      GET /api/v4/projects/{project}/repository/files/{file}/raw 3
      GET /api/v4/projects/{project}/repository/tags/{tag}
      GET /api/v4/projects/{project}/pipelines 3
      GET /api/v4/projects/{project}/pipelines/{n} 3
      GET /api/v4/projects/{project}/pipelines/{n}/jobs 2
      GET /api/v4/projects/{project}/jobs/{n}/trace 4
      GET /api/v4/projects/{project}/jobs/artifacts/{branch}/download
      GET /api/v4/projects/{project}/members
      GET /api/v4/projects/{project}/variables/{key}
      GET /api/v4/groups
      GET /api/v4/groups/{group} 2
      GET /api/v4/groups/{group}/projects 2
      GET /api/v4/users/{n} 2
      GET /api/v4/user 2
      POST /api/v4/jobs/request 6
      PUT /api/v4/jobs/{n} 4
      PATCH /api/v4/jobs/{n}/trace 5
      GET /{group}/{repo} 4
      GET /{group}/{repo}.git/info/refs 8
      POST /{group}/{repo}.git/git-upload-pack 6
      GET /{group}/{repo}/-/issues/{n} 2
      GET /{group}/{repo}/-/merge_requests/{n} 2
      GET /explore
      GET /users/sign_in 2`),
    pools: {
      project: (random) => (random.unit() < 0.6 ? number(40_000)(random) : `${group(random)}%2F${repository(random)}`),
      group,
      repo: repository,
      n: number(9000),
      sha: drawn(HEX, 40),
      branch,
      file: (random) => `src%2F${oneOf(coined(60, [1]))(random)}%2F${oneOf(coined(90, [1, 2]))(random)}.py`,
      tag: (random) => `v${version(random)}`,
      key: oneOf(["DEPLOY_TOKEN", "REGISTRY_USER", "AWS_REGION", "NPM_TOKEN", "SENTRY_DSN", "KUBE_CONTEXT", "DB_URL"]),
    },
  },
  {
    name: "chat",
    routes: routes(`
      GET /api/v10/gateway 2
      GET /api/v10/gateway/bot 2
      GET /api/v10/users/@me 4
      GET /api/v10/users/{snowflake} 4
      GET /api/v10/users/@me/guilds 2
      POST /api/v10/users/@me/channels
      GET /api/v10/guilds/{snowflake} 3
      GET /api/v10/guilds/{snowflake}/channels 3
      GET /api/v10/guilds/{snowflake}/members 2
      GET /api/v10/guilds/{snowflake}/members/{snowflake} 4
      PUT /api/v10/guilds/{snowflake}/members/{snowflake}/roles/{snowflake}
      PUT /api/v10/guilds/{snowflake}/bans/{snowflake}
      GET /api/v10/guilds/{snowflake}/audit-logs
      GET /api/v10/channels/{snowflake} 3
      GET /api/v10/channels/{snowflake}/messages 6
      POST /api/v10/channels/{snowflake}/messages 12
      PATCH /api/v10/channels/{snowflake}/messages/{snowflake} 4
      DELETE /api/v10/channels/{snowflake}/messages/{snowflake} 2
      POST /api/v10/channels/{snowflake}/messages/bulk-delete
      PUT /api/v10/channels/{snowflake}/messages/{snowflake}/reactions/{emoji}/@me 3
      POST /api/v10/channels/{snowflake}/typing 4
      PUT /api/v10/channels/{snowflake}/pins/{snowflake}
      POST /api/v10/interactions/{snowflake}/{token}/callback 5
      POST /api/v10/webhooks/{snowflake}/{token} 5
      PATCH /api/v10/webhooks/{snowflake}/{token}/messages/@original 2
      GET /api/v10/invites/{code} 2
      GET /api/v10/applications/{snowflake}/commands
      GET /api/v10/oauth2/applications/@me
      GET /api/v10/voice/regions
      GET /avatars/{snowflake}/{hash}.png 5
      GET /emojis/{snowflake}.webp 3`),
    pools: {
      snowflake,
      emoji,
      token: (random) => `${drawn(BASE64, 34)(random)}-${drawn(BASE64, 33)(random)}`,
      code: drawn(BASE64, 8),
      hash: drawn(HEX, 32),
    },
  },
  {
    name: "container registry",
    routes: routes(`
      GET /v2 6
      GET /v2/_catalog
      GET /v2/{ns}/{repo}/tags/list 3
      GET /v2/{ns}/{repo}/manifests/{reference} 10
      HEAD /v2/{ns}/{repo}/manifests/{reference} 8
      PUT /v2/{ns}/{repo}/manifests/{reference} 2
      GET /v2/{ns}/{repo}/blobs/{digest} 14
      HEAD /v2/{ns}/{repo}/blobs/{digest} 6
      POST /v2/{ns}/{repo}/blobs/uploads 3
      PATCH /v2/{ns}/{repo}/blobs/uploads/{uuid} 3
      PUT /v2/{ns}/{repo}/blobs/uploads/{uuid} 3
      GET /v2/{ns}/{repo}/referrers/{digest}
      GET /token 6
      GET /api/v2.0/projects 2
      GET /api/v2.0/projects/{ns} 2
      GET /api/v2.0/projects/{ns}/repositories 2
      GET /api/v2.0/projects/{ns}/repositories/{repo}/artifacts 2
      GET /api/v2.0/projects/{ns}/repositories/{repo}/artifacts/{reference}/additions/vulnerabilities
      GET /api/v2.0/projects/{ns}/robots
      GET /api/v2.0/health
      GET /api/v2.0/systeminfo
      GET /api/v2.0/quotas/{n}`),
    pools: {
      ns: group,
      repo: repository,
      digest,
      uuid,
      n: number(300),
      reference: (random) =>
        random.unit() < 0.5
          ? digest(random)
          : oneOf(["latest", "main", "stable", "1.25", "1.25.3", "v2", "edge", "3-alpine"])(random),
    },
  },
];

/** Written down last: the learner was never changed for their sake. */
export const UNSEEN: readonly Style[] = [
  {
    name: "music",
    routes: routes(`
      GET /v1/me 5
      GET /v1/me/playlists 3
      GET /v1/me/player 8
      PUT /v1/me/player/play 4
      PUT /v1/me/player/pause 3
      GET /v1/me/player/recently-played 2
      GET /v1/me/tracks 3
      PUT /v1/me/tracks 2
      GET /v1/me/top/{kind} 2
      GET /v1/tracks/{track} 10
      GET /v1/audio-features/{track} 3
      GET /v1/albums/{track} 6
      GET /v1/albums/{track}/tracks 5
      GET /v1/artists/{track} 6
      GET /v1/artists/{track}/albums 4
      GET /v1/artists/{track}/top-tracks 4
      GET /v1/artists/{track}/related-artists 2
      GET /v1/playlists/{track} 5
      GET /v1/playlists/{track}/tracks 6
      POST /v1/playlists/{track}/tracks 2
      DELETE /v1/playlists/{track}/followers
      GET /v1/users/{user} 3
      GET /v1/users/{user}/playlists 3
      GET /v1/browse/categories 2
      GET /v1/browse/categories/{category} 2
      GET /v1/browse/categories/{category}/playlists 2
      GET /v1/browse/new-releases 2
      GET /v1/recommendations/available-genre-seeds
      GET /v1/markets
      GET /v1/search 10
      GET /image/{image} 12
      POST /api/token 4`),
    pools: {
      kind: oneOf(["artists", "tracks"]),
      track: drawn("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 22),
      user: (random) =>
        random.unit() < 0.5 ? number(100_000_000)(random) : oneOf(coined(200, [1, 1, 2], "."))(random),
      category: oneOf([
        "toplists",
        "pop",
        "rock",
        "hiphop",
        "mood",
        "chill",
        "party",
        "workout",
        "focus",
        "sleep",
        "latin",
        "indie",
      ]),
      image: drawn(HEX, 40),
    },
  },
  {
    name: "cloud resources",
    routes: routes(`
      GET /subscriptions 2
      GET /subscriptions/{uuid} 2
      GET /subscriptions/{uuid}/locations
      GET /subscriptions/{uuid}/resourceGroups 3
      GET /subscriptions/{uuid}/resourceGroups/{rg} 4
      PUT /subscriptions/{uuid}/resourceGroups/{rg} 2
      DELETE /subscriptions/{uuid}/resourceGroups/{rg}
      GET /subscriptions/{uuid}/resourceGroups/{rg}/resources 2
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines 3
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm} 6
      PUT /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm} 2
      POST /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/restart
      POST /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/deallocate
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/instanceView 4
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Compute/disks/{vm} 2
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Network/virtualNetworks/{vm} 3
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Network/virtualNetworks/{vm}/subnets/{subnet} 3
      GET /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Storage/storageAccounts/{account} 3
      POST /subscriptions/{uuid}/resourceGroups/{rg}/providers/Microsoft.Storage/storageAccounts/{account}/listKeys 2
      GET /subscriptions/{uuid}/providers/Microsoft.Compute/locations/{location}/vmSizes 2
      GET /subscriptions/{uuid}/providers/Microsoft.Compute/locations/{location}/operations/{uuid} 4
      GET /subscriptions/{uuid}/providers/Microsoft.Insights/eventtypes/management/values
      GET /subscriptions/{uuid}/operationresults/{uuid} 3
      GET /tenants
      GET /providers/Microsoft.Management/managementGroups/{rg}
      POST /batch
      GET /metadata/endpoints`),
    pools: {
      uuid: oneOfMany(uuid, 12),
      rg: oneOf(coined(60, [2, 3]).map((name) => `rg-${name}`)),
      vm: (random) =>
        `${oneOf(coined(80, [1, 2]))(random)}-${random.u32() % 2 ? "prod" : "dev"}-0${1 + (random.u32() % 9)}`,
      subnet: oneOf(["default", "AzureBastionSubnet", "GatewaySubnet", "backend", "frontend", "db", "aks", "private"]),
      account: (random) => `${oneOf(coined(70, [1]))(random)}stor${random.u32() % 100}`,
      location: oneOf(["westeurope", "northeurope", "eastus", "eastus2", "westus2", "uksouth", "germanywestcentral"]),
    },
  },
];

/** Of these few, each drawn once. */
function oneOfMany(pool: Pool, count: number): Pool {
  const some = seededRandom(5);
  return oneOf(Array.from({ length: count }, () => pool(some)));
}
