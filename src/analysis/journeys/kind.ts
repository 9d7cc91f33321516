// What the name of an event says by itself: by the method of HTTP, not by words.

export type Intent = "writes" | "reads" | "unknown";

export function intentOf(name: string): Intent {
  if (/^(POST|PUT|PATCH|DELETE)\b/.test(name) || /\bmutation\b/.test(name)) return "writes";
  return /^(GET|HEAD|OPTIONS|TRACE)\b/.test(name) ? "reads" : "unknown";
}

/** What a page is made of, and what no person asks for. */
export function isAsset(name: string): boolean {
  return (
    /^(HEAD|OPTIONS|TRACE)\b/.test(name) ||
    /^GET \S*\.(m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf)$/i.test(name)
  );
}

/** Words decide only where counts do not. */
export const GOAL_WORDS = /checkout|order|purchase|pay|book|subscri|sign-?up|regist|activat|confirm|transfer|submit/i;
export const UNDO_WORDS =
  /cancel|refund|return|delete|remove|unsubscri|log-?out|sign-?out|log-?in|sign-?in|search|cart|basket/i;
