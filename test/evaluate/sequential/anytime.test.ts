import { describe, expect, test } from 'vitest';
import { anytime, anytimeLoss } from '../../../src/evaluate/sequential/anytime.ts';
import { isLook } from '../../../src/evaluate/sequential/isLook.ts';
import { clopperPearson } from '../../../src/evaluate/statistics.ts';
import { randomOf } from '../../../src/core/random.ts';

const exact = await clopperPearson();

describe('the bounds of a share', () => {
  test('end where the eight players own 40 together, whom the claim has promised 1', () => {
    const lower = anytime.lower(13, 20, 0.025);
    const capitals = [0.9, 0.45, 0.225, 0.1125, 0.05625, 0.028125, 0.0140625, 0.00703125].map(
      (bet) => (1 - bet) ** 7 * (1 - bet + bet / lower) ** 13,
    );
    expect(capitals.reduce((sum, capital) => sum + capital, 0) / 8).toBeCloseTo(40, 8);
  });

  test('are each the other from the other side', () => {
    expect(anytime.upper(13, 20, 0.025)).toBe(1 - anytime.lower(7, 20, 0.025));
  });

  test('of none are 0 and less than 1, of all the reverse, and of nothing everything', () => {
    const bounds = (successes: number, total: number) => [anytime.lower(successes, total, 0.025), anytime.upper(successes, total, 0.025)] as const;
    expect(bounds(0, 0)).toEqual([0, 1]);
    expect(bounds(0, 30)[0]).toBe(0);
    expect(bounds(0, 30)[1]).toBeLessThan(0.2);
    expect(bounds(30, 30)).toEqual([1 - bounds(0, 30)[1], 1]);
  });

  test.each([[3, 10], [50, 100], [990, 1000], [4000, 10_000]])('of %i in %i hold the exact interval, which holds at one size only', (successes, total) => {
    const [lower, upper] = exact(successes, total);
    expect(anytime.lower(successes, total, 0.025)).toBeLessThan(lower);
    expect(anytime.upper(successes, total, 0.025)).toBeGreaterThan(upper);
  });

  test('rise with the successes and widen with the confidence', () => {
    expect(anytime.lower(61, 100, 0.025)).toBeGreaterThan(anytime.lower(60, 100, 0.025));
    expect(anytime.lower(60, 100, 0.005)).toBeLessThan(anytime.lower(60, 100, 0.025));
  });
});

/** Exact: the share of all sequences of `most` outcomes that are called held or missed on the way, and how long they take. */
function fate(truth: number, floor: number, most: number) {
  let paths = Float64Array.of(1);
  const found = { held: 0, missed: 0, samples: 0 };
  for (let n = 1; n <= most; n++) {
    found.samples += paths.reduce((sum, share) => sum + share, 0);
    paths = Float64Array.from({ length: n + 1 }, (_, wins) => (paths[wins] ?? 0) * (1 - truth) + (paths[wins - 1] ?? 0) * truth);
    if (!isLook(n)) continue;
    for (const [wins, share] of paths.entries()) {
      if (share < 1e-12) continue;
      const end = anytime.lower(wins, n, 0.025) >= floor ? 'held' : anytime.upper(wins, n, 0.025) < floor ? 'missed' : undefined;
      if (end === undefined) continue;
      found[end] += share;
      paths[wins] = 0;
    }
  }
  return found;
}

describe('a floor that is looked at after every sample', () => {
  test('is called held by chance in 2.5 % at most where the truth is the floor, and missed in no more, over 1,000 samples', () => {
    const { held, missed } = fate(0.45, 0.45, 1000);
    expect(held).toBeLessThan(0.025);
    expect(missed).toBeLessThan(0.025);
    expect(held + missed).toBeGreaterThan(0.01); // it does look
  });

  // An SPRT of .45 against .50 at 5 % takes 65 and 117.
  test.each([
    [0.7, 45],
    [0.6, 120],
  ])('takes few samples where the truth is %f', (truth, most) => {
    const { held, samples } = fate(truth, 0.45, 600);
    expect(held).toBeGreaterThan(0.999);
    expect(samples).toBeLessThan(most);
  });
});

describe('the bounds of a loss', () => {
  test('are those of the won, turned around', () => {
    expect(anytimeLoss.upper({ lost: 30, won: 12, total: 400 }, 0.025)).toBeCloseTo(-anytimeLoss.lower({ lost: 12, won: 30, total: 400 }, 0.025), 12);
  });

  test('are those of a share where every pair is lost or won', () => {
    const share = anytime.lower(60, 100, 0.025);
    expect(anytimeLoss.lower({ lost: 60, won: 40, total: 100 }, 0.025)).toBeCloseTo(2 * share - 1, 10);
  });

  test('of no pair are everything', () => {
    expect([anytimeLoss.lower({ lost: 0, won: 0, total: 0 }, 0.025), anytimeLoss.upper({ lost: 0, won: 0, total: 0 }, 0.025)]).toEqual([-1, 1]);
  });

  // bench/sequentialGate.ts has more cases, and 10,000 trials of each.
  test.each([
    ['lost', 0.045, 0.025],
    ['lost by few pairs', 0.02, 0],
  ])('all that may be %s: they are on the wrong side at some time in at most 5 %% of 500 seeded draws', (_, lost, won) => {
    let [below, above] = [0, 0];
    for (let trial = 0; trial < 500; trial++) {
      const random = randomOf('loss', trial);
      const counts = { lost: 0, won: 0, total: 0 };
      let [wasBelow, wasAbove] = [false, false];
      while (counts.total < 400) {
        const u = random.uniform();
        if (u < lost) counts.lost++;
        else if (u < lost + won) counts.won++;
        counts.total++;
        if (counts.total % 10 > 0) continue;
        wasBelow ||= anytimeLoss.upper(counts, 0.05) < 0.02 - 1e-9;
        wasAbove ||= anytimeLoss.lower(counts, 0.05) > 0.02 + 1e-9;
      }
      below += Number(wasBelow);
      above += Number(wasAbove);
    }
    expect(below / 500).toBeLessThan(0.05);
    expect(above / 500).toBeLessThan(0.05);
    expect(below + above).toBeGreaterThan(0);
  });
});
