// Referer and Location name pages; of other hosts nothing is kept.

/** The path of a reference without query and fragment; "": it is on another host, or no path. */
export function pathOn(authority: string, reference: string): string {
  let from = 0;
  const scheme = reference.indexOf("://");
  const isFull = scheme > 0 && scheme < 6;
  if (isFull || reference.startsWith("//")) {
    const host = isFull ? scheme + 3 : 2;
    from = reference.indexOf("/", host);
    if (from < 0) from = reference.length;
    if (reference.slice(host, from).toLowerCase() !== authority.toLowerCase()) return "";
    if (from === reference.length) return "/";
  }
  if (reference.charCodeAt(from) !== 0x2f) return "";
  let end = from;
  for (; end < reference.length; end++) {
    const code = reference.charCodeAt(end);
    if (code === 0x3f || code === 0x23) break; // ? #
    if (code <= 0x20 || code === 0x7f) return "";
  }
  return reference.slice(from, end);
}
