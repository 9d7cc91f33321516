// Points in time as exports of events write them.

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * ms since 1970, with a fraction; NaN when it is no time. ISO 8601 with a zone, or without one: then it is UTC. A number
 * counts s, ms, µs or ns since 1970, whichever puts it between 1970 and the year 5000.
 */
export function readTime(text: string): number {
  const match = ISO.exec(text);
  if (!match) return NUMBER.test(text) ? fromNumber(text) : Number.NaN;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const isReal = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  if (!isReal || !isDate(Number(year), Number(month), Number(day))) return Number.NaN;
  return at + Number(`0.${fraction || 0}`) * 1000 - zoneMs(zone);
}

function fromNumber(text: string): number {
  const value = Number(text);
  const size = Math.abs(value);
  if (size < 1e11) return value * 1000;
  if (size < 1e14) return value;
  if (size < 1e17) return value / 1000;
  return size < 1e20 ? value / 1e6 : Number.NaN;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12) return false;
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function zoneMs(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return (zone[0] === "-" ? -minutes : minutes) * 60_000;
}
