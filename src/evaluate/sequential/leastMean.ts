/** Values from 0 on, and how often each was drawn. */
export type Tally = readonly (readonly [value: number, times: number])[];

/**
 * The shares of the capital that are bet, each half of the one before: whatever the distance between the mean and what
 * is claimed of it, one of them is near the best. The smallest is for distances of a third of a point.
 */
const bets = Array.from({ length: 8 }, (_, halvings) => 0.9 / 2 ** halvings);
const bisections = 40;

/**
 * A lower bound of the mean of values from 0 on, which holds at every sample size at once: with probability 1 − alpha it
 * never exceeds the mean, however long one looks on and whatever decides when to stop. Who claims that the mean is at
 * most m offers a game: a stake b, bet on each value v, becomes b·v/m. If the claim is true, nobody who starts with 1
 * and keeps betting a share of the capital ever comes to 1/alpha but with probability alpha (Ville 1939), nor does the
 * average over several such players. The bound is where their capital makes the claim untenable: Waudby-Smith & Ramdas,
 * arXiv:2010.09686, with a fixed mixture of bets, so that counts are all that is needed.
 */
export function leastMean(tally: Tally, alpha: number): number {
  const [sum, total] = tally.reduce(([sum, total], [value, times]) => [sum + value * times, total + times], [0, 0]);
  if (sum === 0) return 0;
  let [low, high] = [0, sum / total];
  for (let i = 0; i < bisections; i++) {
    const middle = (low + high) / 2;
    if (isAbove(tally, middle, alpha)) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether the bound is above a mean, at a fraction of its cost. */
export function isAbove(tally: Tally, mean: number, alpha: number): boolean {
  return capital(tally, mean) >= 1 / alpha;
}

/** What the players have on average when the claim is that the mean is at most `mean`; falls as it rises. */
function capital(tally: Tally, mean: number): number {
  let sum = 0;
  for (const bet of bets) {
    let log = 0;
    for (const [value, times] of tally) log += times * Math.log1p(bet * (value / mean - 1));
    sum += Math.exp(log);
  }
  return sum / bets.length;
}
