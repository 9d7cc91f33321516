// What people shop with: browsers of today with the headers they send, and the networks they are on.
import { chance, pick, pickByShare, type Random } from "./random.ts";

export type Pace = {
  readonly name: "fibre" | "wifi" | "4g" | "3g";
  /** ms from a packet to its answer */
  readonly rttMs: number;
  /** bytes per ms */
  readonly down: number;
  readonly up: number;
};

export type DeviceClass = "desktop" | "phone" | "tablet";
export type Engine = "chromium" | "gecko" | "webkit";

export type Device = {
  readonly class: DeviceClass;
  readonly engine: Engine;
  readonly userAgent: string;
  readonly language: string;
  /** the client hints that Chromium sends with every request, and Sec-GPC where it is switched on */
  readonly hints: Readonly<Record<string, string>>;
  readonly pace: Pace;
  /** images that fit its screen: those a page marks as lazy beyond them are not loaded */
  readonly imagesInView: number;
};

const PACES = {
  fibre: { name: "fibre", rttMs: 8, down: 12_500, up: 5_000 },
  wifi: { name: "wifi", rttMs: 25, down: 3_750, up: 1_250 },
  "4g": { name: "4g", rttMs: 60, down: 1_125, up: 500 },
  "3g": { name: "3g", rttMs: 300, down: 50, up: 25 },
} as const satisfies Record<Pace["name"], Pace>;

const CHROME = 156;
const FIREFOX = 158;
const brands = (name: string) => `"Chromium";v="${CHROME}", "${name}";v="${CHROME}", "Not_A Brand";v="99"`;
const hints = (name: string, platform: string, mobile = "?0") => ({
  "sec-ch-ua": brands(name),
  "sec-ch-ua-mobile": mobile,
  "sec-ch-ua-platform": `"${platform}"`,
});
const chrome = (system: string, suffix = "") =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 ${suffix ? `Safari/537.36 ${suffix}` : "Safari/537.36"}`;
const firefox = (system: string) => `Mozilla/5.0 (${system}; rv:${FIREFOX}.0) Gecko/20100101 Firefox/${FIREFOX}.0`;

type Model = Pick<Device, "class" | "engine" | "userAgent" | "hints"> & { readonly share: number };
const MODELS: readonly [Model, ...Model[]] = [
  {
    share: 22,
    class: "desktop",
    engine: "chromium",
    userAgent: chrome("Windows NT 10.0; Win64; x64"),
    hints: hints("Google Chrome", "Windows"),
  },
  {
    share: 6,
    class: "desktop",
    engine: "chromium",
    userAgent: chrome("Windows NT 10.0; Win64; x64", `Edg/${CHROME}.0.0.0`),
    hints: hints("Microsoft Edge", "Windows"),
  },
  {
    share: 5,
    class: "desktop",
    engine: "chromium",
    userAgent: chrome("Macintosh; Intel Mac OS X 10_15_7"),
    hints: hints("Google Chrome", "macOS"),
  },
  {
    share: 6,
    class: "desktop",
    engine: "webkit",
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    hints: {},
  },
  {
    share: 4,
    class: "desktop",
    engine: "gecko",
    userAgent: firefox("Windows NT 10.0; Win64; x64"),
    hints: {},
  },
  { share: 2, class: "desktop", engine: "gecko", userAgent: firefox("X11; Linux x86_64"), hints: {} },
  {
    share: 24,
    class: "phone",
    engine: "chromium",
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 Mobile Safari/537.36`,
    hints: hints("Google Chrome", "Android", "?1"),
  },
  {
    share: 22,
    class: "phone",
    engine: "webkit",
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
    hints: {},
  },
  {
    share: 4,
    class: "phone",
    engine: "chromium",
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/${CHROME - 20}.0.0.0 Mobile Safari/537.36`,
    hints: {
      "sec-ch-ua": `"Chromium";v="${CHROME - 20}", "Samsung Internet";v="29.0", "Not.A/Brand";v="99"`,
      "sec-ch-ua-mobile": "?1",
      "sec-ch-ua-platform": '"Android"',
    },
  },
  {
    share: 1,
    class: "phone",
    engine: "gecko",
    userAgent: `Mozilla/5.0 (Android 15; Mobile; rv:${FIREFOX}.0) Gecko/${FIREFOX}.0 Firefox/${FIREFOX}.0`,
    hints: {},
  },
  {
    share: 3,
    class: "tablet",
    engine: "webkit", // iPadOS calls itself a Mac
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    hints: {},
  },
  {
    share: 1,
    class: "tablet",
    engine: "chromium",
    userAgent: chrome("Linux; Android 10; K"),
    hints: hints("Google Chrome", "Android"),
  },
];

type Share = { readonly share: number; readonly pace: Pace };
const NETWORKS: Record<DeviceClass, readonly [Share, ...Share[]]> = {
  desktop: [
    { share: 55, pace: PACES.fibre },
    { share: 45, pace: PACES.wifi },
  ],
  phone: [
    { share: 45, pace: PACES.wifi },
    { share: 45, pace: PACES["4g"] },
    { share: 10, pace: PACES["3g"] },
  ],
  tablet: [
    { share: 90, pace: PACES.wifi },
    { share: 10, pace: PACES["4g"] },
  ],
};
const IMAGES_IN_VIEW: Record<DeviceClass, number> = { desktop: 12, phone: 4, tablet: 8 };
const LANGUAGES = ["en-US,en", "en-GB,en", "de-DE,de", "fr-FR,fr", "nl-NL,nl", "es-ES,es", "sv-SE,sv"] as const;

export function device(random: Random): Device {
  const { share: _, ...model } = pickByShare(random, MODELS);
  const { pace } = pickByShare(random, NETWORKS[model.class]);
  const [region, language] = pick(random, LANGUAGES).split(",") as [string, string];
  const english = language === "en" ? "" : ",en;q=0.8";
  const wantsPrivacy = chance(random, model.engine === "gecko" ? 0.25 : model.engine === "webkit" ? 0 : 0.03);
  return {
    ...model,
    language: model.engine === "webkit" ? region : `${region},${language};q=0.9${english}`,
    hints: wantsPrivacy ? { ...model.hints, "sec-gpc": "1" } : model.hints,
    pace,
    imagesInView: IMAGES_IN_VIEW[model.class],
  };
}
