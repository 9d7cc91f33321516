// Words that name what an API offers, as against what somebody put into it. They only weigh: a position of a path that
// takes hundreds of them is a variable all the same.

/** Stand beside ids in the same position: `/users/me`, `/orders/search`. They stay words even where all else is an id. */
export const RESERVED: ReadonlySet<string> = new Set(
  `me self current latest new edit create update delete remove add search find filter query list all count stats status
  batch bulk export import upload download login logout signin signup register verify validate refresh reset
  health healthz ready readyz live livez metrics info version ping feed archive trending popular recent
  preview autocomplete suggest default`
    .split(/\s+/)
    .filter(Boolean),
);

const NOUNS: ReadonlySet<string> = new Set(
  `api apis rest rpc graphql soap app apps web admin internal public private static assets images img media files css js
  fonts docs help about contact home index dashboard settings config configuration preferences profile account auth oauth
  oauth2 token session password user customer member team org group role permission policy product catalog category item
  cart basket checkout order payment pay charge refund invoice subscription plan price coupon discount balance transfer
  payout dispute event webhook notification message email sms mail chat comment post article page blog news tag topic
  review rating like follow follower friend favorite wishlist address shipping shipment delivery inventory stock warehouse
  store shop merchant vendor supplier brand quote recommendation recommend similar related ad report analytics audit log
  trace span job task queue worker schedule workflow pipeline build deploy deployment release branch commit pull issue
  merge diff blob tree raw content repo repos repository project milestone label hook key secret gist fork star watcher
  cluster node pod service namespace volume ingress endpoint replica scale binding exec proxy watch attach eviction
  device sensor reading measurement location map route trip ride driver vehicle booking reservation room hotel flight
  ticket seat customer support case card bank iban currency rate exchange history summary detail details overview data
  name image photo avatar video audio stream playlist album artist track document folder share link attachment
  schema model prediction completion embedding domain dns zone record certificate network firewall server instance
  region snapshot backup restore database table row column index bucket object graph lookup check confirm cancel approve
  capture close reopen send resend activate deactivate enable disable start stop pause resume sync callback redirect
  total tax fee ledger party ship core batch apps autoscaling networking rbac robots sitemap favicon manifest main bundle
  vendor runtime style styles script scripts logo`
    .split(/\s+/)
    .filter(Boolean),
);

/** Is it a common word of APIs, be it in the plural? */
export function isCommon(word: string): boolean {
  if (isKnown(word)) return true;
  if (word.endsWith("ies")) return isKnown(`${word.slice(0, -3)}y`);
  if (word.endsWith("es") && isKnown(word.slice(0, -2))) return true;
  return word.endsWith("s") && isKnown(word.slice(0, -1));
}

function isKnown(word: string): boolean {
  return RESERVED.has(word) || NOUNS.has(word);
}
