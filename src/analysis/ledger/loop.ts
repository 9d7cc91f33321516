// How much longer a request is in an event loop than the loop works for it.

/** so many are looked at; of more it makes no difference whether one more waits */
const MOST_AT_ONCE = 256;
const HALVINGS = 40;
/** a loop's working times, so long may a request be elsewhere */
const LONGEST_ELSEWHERE = 1e5;

/**
 * By exact mean value analysis (Reiser and Lavenberg, 1980) of one server and `atOnce` requests that are elsewhere now and
 * then, asleep or waiting for others, just so long that the server is busy for as much of the time as was seen. Alone a request is never held up. Of a loop that is
 * always busy it cannot be told how many wait for it: all that are there are taken to.
 *
 * @param busy share of the time in which the loop works, 0…1
 */
export function stretch(busy: number, atOnce: number): number {
  const most = Math.min(MOST_AT_ONCE, Math.max(1, atOnce));
  const whole = Math.floor(most);
  const there = inLoop(busy, whole);
  return (there + (most - whole) * (inLoop(busy, whole + 1) - there)) / Math.min(1, busy);
}

/** mean number of requests in the loop */
function inLoop(busy: number, atOnce: number): number {
  let [shortest, longest] = [0, LONGEST_ELSEWHERE];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (shortest + longest) / 2;
    if (analysed(middle, atOnce).busy > busy) shortest = middle;
    else longest = middle;
  }
  return analysed(shortest, atOnce).there;
}

/** @param elsewhere how long, in working times of the loop */
function analysed(elsewhere: number, atOnce: number): { readonly busy: number; readonly there: number } {
  let [busy, there] = [0, 0];
  for (let count = 1; count <= atOnce; count++) {
    const stay = 1 + there;
    busy = count / (elsewhere + stay);
    there = busy * stay;
  }
  return { busy, there };
}
