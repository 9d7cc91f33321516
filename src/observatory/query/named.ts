// What people call a service by: its name, or `namespace/name` where the same name is in several namespaces.

/** @param asked `cart` or `shop/cart`; undefined: any */
export function isNamed(asked: string | undefined, name: string, namespace: string): boolean {
  if (asked === undefined || asked === name) return true;
  return asked.length > name.length && asked === `${namespace}/${name}`;
}
