// An index in memory: words of the products, ranked, and small typing mistakes forgiven.

/** how much a word counts by where it stands */
const WEIGHTS = { name: 4, category: 2, text: 1 };

/** @param products with id, name, category, text */
export function makeIndex(products) {
  const words = new Map();
  for (const product of products) {
    for (const [field, weight] of Object.entries(WEIGHTS)) {
      for (const word of wordsOf(product[field])) {
        const scores = words.get(word) ?? new Map();
        scores.set(product.id, (scores.get(product.id) ?? 0) + weight);
        words.set(word, scores);
      }
    }
  }
  return { products: new Map(products.map((product) => [product.id, product])), words };
}

/** Products that have every word of the query, the best first; all of them when there is no word. */
export function lookUp({ products, words }, query) {
  const asked = wordsOf(query).slice(0, 8);
  if (asked.length === 0) return { products: [...products.values()] };
  const matches = asked.map((word) => match(words, word));
  const totals = new Map();
  for (const [id, score] of matches[0]?.scores ?? []) {
    const others = matches.slice(1).map(({ scores }) => scores.get(id));
    if (others.every((other) => other !== undefined))
      totals.set(
        id,
        others.reduce((sum, other) => sum + other, score),
      );
  }
  const found = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([id]) => products.get(id));
  const meant = matches.map(({ word }) => word).join(" ");
  return { products: found, ...(found.length > 0 && matches.some((one) => one.isGuess) ? { corrected: meant } : {}) };
}

/** The word itself and what begins with it; when there is none, the word that is nearest. */
function match(words, word) {
  const scores = new Map();
  const add = (found, share) => {
    for (const [id, score] of found) scores.set(id, (scores.get(id) ?? 0) + score * share);
  };
  for (const [known, found] of words) {
    if (known === word) add(found, 1);
    else if (word.length >= 2 && known.startsWith(word)) add(found, 0.6);
  }
  if (scores.size > 0) return { word, scores };
  const near = nearest(words.keys(), word);
  return near === undefined ? { word, scores } : { word: near, scores: words.get(near), isGuess: true };
}

function nearest(known, word) {
  const allowed = word.length < 4 ? 0 : word.length < 7 ? 1 : 2;
  let best;
  let least = allowed + 1;
  for (const one of known) {
    if (Math.abs(one.length - word.length) >= least) continue;
    const far = distance(one, word);
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

/** Changes from one word to the other: a letter more, less, another, or two swapped. */
export function distance(a, b) {
  let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

function wordsOf(text) {
  return (
    text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/\p{Mark}/gu, "")
      .match(/[\p{Letter}\p{Number}]+/gu) ?? []
  ).map(singular);
}

function singular(word) {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}
