// Backends that routes name: services of the project, or why not.
import type { BackendRef } from "../../model/route.ts";
import { isService } from "./checks/refs.ts";
import type { RawBackendRef } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { World } from "./world.ts";

export type Resolved = { readonly ref: BackendRef } | { readonly against: Reason };

export function resolveBackend(backend: RawBackendRef, world: World): Resolved {
  const { group = "", kind = "Service", namespace = world.namespace, name, port = 0 } = backend;
  if (!isService(backend)) {
    return against("InvalidKind", `${group ? `${group}/` : ""}${kind} ${name} is not a Service`);
  }
  if (namespace !== world.namespace) {
    return against("RefNotPermitted", `${namespace}/${name} is in another namespace, and no ReferenceGrant is read`);
  }
  if (!world.services.has(name)) return against("BackendNotFound", `there is no service ${name}`);
  return { ref: { service: name, port } };
}

function against(reason: string, message: string): Resolved {
  return { against: { reason, message } };
}
