import * as v from 'valibot';
import { type Answer, defineAttack, type Query, waitFor } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { choice, wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { blurred } from './parts/blurred.ts';
import { type Image, imageOf, pointOf } from './parts/images.ts';
import { jpegCoded } from './parts/jpegCoded.ts';

/** One kind of damage, and how much of it each severity from 1 to 5 does. */
interface Corruption {
  /** As CIFAR-10-C has it, for small images. */
  readonly small: readonly number[];
  /** As ImageNet-C has it. */
  readonly large: readonly number[];
  readonly apply: (image: Image, amount: number, random: Random) => Float32Array | Promise<Float32Array>;
}

const corruptions = {
  /** Gaussian, of this standard deviation. */
  noise: {
    small: [0.04, 0.06, 0.08, 0.09, 0.1],
    large: [0.08, 0.12, 0.18, 0.26, 0.38],
    apply: ({ values }, deviation, random) => values.map((value) => value + deviation * random.normal()),
  },
  /** Gaussian, of this radius in pixels. */
  blur: { small: [0.4, 0.6, 0.7, 0.8, 1], large: [1, 2, 3, 4, 6], apply: blurred },
  /** The share that is left of each channel's difference to its mean. */
  contrast: { small: [0.75, 0.5, 0.4, 0.3, 0.15], large: [0.4, 0.3, 0.2, 0.1, 0.05], apply: faded },
  /** What is added to the value, the largest channel; hue and saturation stay. */
  brightness: { small: [0.05, 0.1, 0.15, 0.2, 0.3], large: [0.1, 0.2, 0.3, 0.4, 0.5], apply: brightened },
  /** The quality that it is saved with. */
  jpeg: { small: [80, 65, 58, 50, 40], large: [25, 18, 15, 10, 7], apply: jpegCoded },
} satisfies Record<string, Corruption>;

type Kind = keyof typeof corruptions;
const kinds = Object.keys(corruptions) as Kind[];
const kindsOf = (kind: Kind | 'all') => (kind === 'all' ? kinds : [kind]);

/** Up to this many pixels along the shorter side an image is small. */
const smallSide = 64;

/**
 * Damage that nobody chose: noise, blur, low contrast, brightness, JPEG. Hendrycks and Dietterich 2019,
 * arXiv:1903.12261, whose code the amounts are from. Of several kinds the first that fools the model is returned.
 */
export const corruption = defineAttack({
  name: 'corruption',
  summary: 'noise, blur, low contrast, brightness or JPEG, of a severity from 1 to 5',
  when: 'what cameras and files do to images by themselves: no attacker is at work',
  cost: (_, { kind }) => ({ gradient: 0, forward: kindsOf(kind).length }),
  paper: '1903.12261',
  norms: ['none'],
  knowledge: 'label',
  options: v.object({
    kind: choice([...kinds, 'all'], { default: 'all', description: `${kinds.join(', ')}, or all in turn` }),
    severity: wholeNumber({ default: 3, most: 5, description: 'from 1 to 5' }),
  }),
  members: (_, { kind }) => kindsOf(kind),
  *run(context, { kind, severity }) {
    const image = imageOf('corruption', context);
    const box = boxAround(context.x, context.bounds);
    const size = Math.min(image.height, image.width) <= smallSide ? 'small' : 'large';
    let adv: Float32Array = context.x;
    for (const by of kindsOf(kind)) {
      const { [size]: amounts, apply }: Corruption = corruptions[by];
      adv = pointOf(yield* settled(apply(image, amounts[severity - 1] as number, context.random.split(by))), box);
      if ((yield { want: 'label', at: adv }).fooled) return { adv, by };
    }
    return { adv };
  },
});

function* settled<T>(value: T | Promise<T>): Generator<Query, T, Answer> {
  return value instanceof Promise ? yield* waitFor(value) : value;
}

function faded({ values, channels }: Image, share: number): Float32Array {
  const means = new Float64Array(channels);
  values.forEach((value, i) => (means[i % channels] = (means[i % channels] as number) + (channels * value) / values.length));
  return values.map((value, i) => (means[i % channels] as number) + share * (value - (means[i % channels] as number)));
}

/** In HSV terms the value rises, up to 1, and every channel by the same factor; black becomes grey. */
function brightened({ values, channels }: Image, rise: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let pixel = 0; pixel < values.length; pixel += channels) {
    const colour = values.subarray(pixel, pixel + channels);
    const value = Math.max(...colour);
    const risen = Math.min(1, value + rise);
    result.set(value > 0 ? colour.map((part) => (part * risen) / value) : colour.map(() => risen), pixel);
  }
  return result;
}
