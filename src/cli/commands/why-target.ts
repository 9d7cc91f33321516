// What `meshwise why` is asked about: `cart`, `web cart` for the calls between them, `GET /cart/{id}`, or both.

export type WhyTarget = { readonly service?: string; readonly source?: string; readonly route?: string };

/** Services have names as hosts have, routes a method, a path or a statement. */
const ROUTE = /[A-Z {]|^\//;

/** undefined: it is not one thing */
export function whyTarget(words: readonly string[]): WhyTarget | undefined {
  const services = words.filter((one) => !ROUTE.test(one));
  const [route, more] = words.filter((one) => ROUTE.test(one));
  if (services.length > 2 || more !== undefined || (route !== undefined && words.at(-1) !== route)) return undefined;
  const [source, service] = services.length === 2 ? services : [undefined, services[0]];
  return {
    ...(service !== undefined && { service }),
    ...(source !== undefined && { source }),
    ...(route !== undefined && { route }),
  };
}
