// What a service is called: by its name, or by `namespace/name` where there are several namespaces.

/** whoever calls in from outside of the mesh goes by no other name */
export const CALLERS = "outside";

/** @param asked `cart` or `shop/cart` */
export function isNamed(asked: string, name: string, namespace: string): boolean {
  return asked === name || asked === fullName(name, namespace);
}

/** The outside has no namespace. */
export function fullName(name: string, namespace: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** In full where `other` is said in full. */
export function nameLike(other: string, name: string, namespace: string): string {
  return other.includes("/") ? fullName(name, namespace) : name;
}

/** In full when `rows` are of more than one namespace. */
export function namerOf(rows: readonly { readonly namespace: string }[]): (name: string, namespace: string) => string {
  const first = rows.find(({ namespace }) => namespace)?.namespace;
  const hasSeveral = rows.some(({ namespace }) => namespace && namespace !== first);
  return hasSeveral ? fullName : (name) => name;
}
