// `x-meshwise.routes`: what a service's routes are called, where it is not to be learned.
import type { Path } from "../yaml/problems.ts";
import type { Scope } from "./scope.ts";

const FIX =
  'Write a path whose variable segments are {name}, such as "/products/{slug}", or "/static/*" for all below.';
/** as many routes as a service has */
const MOST = 200;

export function readRoutes(scope: Scope, written: readonly string[], path: Path): readonly string[] {
  written.forEach((template, index) => {
    if (!isTemplate(template)) scope.error([...path, index], `"${template}" is not a route`, FIX);
  });
  if (written.length > MOST) scope.error(path, `${written.length} routes are more than ${MOST}`, "Declare fewer.");
  return [...new Set(written)];
}

function isTemplate(text: string): boolean {
  return (
    text.length <= 512 &&
    /^(?:\/(?:\{[A-Za-z_]\w{0,31}\}|[A-Za-z0-9._~:@!$&'()+,=-]+))*(?:\/\*|\/)?$/.test(text) &&
    text !== ""
  );
}
