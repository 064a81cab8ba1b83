import * as v from 'valibot';
import { defineAttack, together } from '../src/core/attack.ts';
import { boxAround, type Region } from '../src/core/ball.ts';
import { UserError } from '../src/core/errors.ts';
import { positive, wholeNumber, wholeNumberOr } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { questions } from './parts/questions.ts';

/**
 * A few pixels of any colour, found by differential evolution on the goal's margin. Su et al. 2017, arXiv:1710.08864:
 * a population of 400, 100 generations, F 0.5, no crossover, a child takes its parent's place if it does better. On
 * images a pixel is all its channels, which is as many values of L0; on anything else a value of its own.
 */
export const onePixel = defineAttack({
  name: 'one-pixel',
  summary: 'a few pixels of any colour, found by differential evolution on the scores',
  when: 'how much single pixels matter; needs no gradients, but many queries',
  cost: (_, { population, generations }) => ({ gradient: 0, forward: population * (generations + 1) }),
  paper: '1710.08864',
  norms: ['l0'],
  knowledge: 'scores',
  options: v.object({
    pixels: wholeNumberOr({ default: 'as many as epsilon allows', description: 'pixels changed' }),
    population: wholeNumber({ default: 400, least: 4, description: 'candidates in a generation' }),
    generations: wholeNumber({ default: 100, description: 'generations after the first' }),
    scale: positive({ default: 0.5, description: "how much of two candidates' difference a child gets (F)" }),
  }),
  *run({ x, shape, bounds, epsilon, goal, random }, { pixels, population, generations, scale }) {
    const channels = shape.length === 3 ? (shape[2] as number) : 1;
    const count = pixelsWithin(epsilon, channels, pixels);
    if (count === 0) return x.slice();
    const space = spaceOf(x, channels, boxAround(x, bounds));
    let parents = Array.from({ length: population }, (_, i) => firstCandidate(space, count, random.split('first').split(i)));
    let fitness = new Float64Array(population).fill(-Infinity);
    let children = parents;
    for (let generation = 0; ; generation++) {
      const points = (index: number) => painted(space, children[index] as Candidate);
      const answers = yield* together(questions('scores', population, points));
      const hit = answers.findIndex(({ fooled }) => fooled);
      if (hit >= 0) return points(hit);
      const margins = Float64Array.from(answers, ({ logits }) => goal.margin(logits));
      parents = parents.map((parent, i) => ((margins[i] as number) > (fitness[i] as number) ? (children[i] as Candidate) : parent));
      fitness = fitness.map((value, i) => Math.max(value, margins[i] as number));
      if (generation === generations) return painted(space, parents[fitness.indexOf(Math.max(...fitness))] as Candidate);
      const stream = random.split(generation);
      children = parents.map((_, i) => child(parents, scale, stream.split(i)));
    }
  },
});

/** For each pixel its place and a colour, both from 0 to 1, one after the other. */
type Candidate = Float64Array;

interface Space extends Pick<Region, 'x' | 'lower' | 'upper'> {
  readonly channels: number;
}

function spaceOf(x: Float32Array, channels: number, box: Pick<Region, 'lower' | 'upper'>): Space {
  return { x, channels, ...box };
}

function pixelsWithin(epsilon: number, channels: number, asked = Infinity): number {
  const allowed = Math.floor(epsilon / channels);
  if (allowed > 0 || epsilon < 1) return Math.min(asked, allowed);
  throw new UserError(`one-pixel: expected an L0 epsilon of at least ${channels}, the channels of a pixel, found ${epsilon}`);
}

/** Places are uniform; colours Gaussian around the middle with half the range as deviation, as the paper's. */
function firstCandidate({ channels }: Space, count: number, random: Random): Candidate {
  const place = (gene: number) => gene % (channels + 1) === 0;
  return Float64Array.from({ length: count * (channels + 1) }, (_, gene) => (place(gene) ? random.uniform() : 0.5 + 0.5 * random.normal()));
}

/** a + F·(b − c) of three others, drawn anew for each child. */
function child(parents: readonly Candidate[], scale: number, random: Random): Candidate {
  const drawn = new Set<number>();
  while (drawn.size < 3) drawn.add(random.integer(parents.length));
  const [a, b, c] = [...drawn].map((i) => parents[i]) as [Candidate, Candidate, Candidate];
  return a.map((gene, i) => gene + scale * ((b[i] as number) - (c[i] as number)));
}

/** x with the candidate's pixels; what lies beyond an end of the box or of the image is brought to that end. */
function painted({ x, channels, lower, upper }: Space, candidate: Candidate): Float32Array {
  const point = x.slice();
  const places = x.length / channels;
  for (let start = 0; start < candidate.length; start += channels + 1) {
    const first = channels * Math.min(places - 1, Math.floor(places * within(candidate[start] as number)));
    for (let channel = 0; channel < channels; channel++) {
      const [low, high] = [lower[first + channel] as number, upper[first + channel] as number];
      point[first + channel] = low + within(candidate[start + 1 + channel] as number) * (high - low);
    }
  }
  return point;
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
