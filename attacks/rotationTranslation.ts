import * as v from 'valibot';
import { defineAttack } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { firstFooling } from './parts/firstFooling.ts';
import { imageOf, pointOf, type Image } from './parts/images.ts';

/**
 * Every rotation and shift of a grid, the mildest first. Engstrom et al. 2017, arXiv:1712.02779. Defaults are the
 * paper's grid: 31 angles up to 30 degrees, 5 shifts along each side up to a tenth of it. Bilinear, on a black ground.
 */
export const rotationTranslation = defineAttack({
  name: 'rotation-translation',
  summary: 'every rotation and shift of a grid',
  when: 'images may be turned or off centre: no norm measures that',
  cost: (_, { rotations, shifts }) => ({ gradient: 0, forward: rotations * shifts ** 2 }),
  paper: '1712.02779',
  norms: ['none'],
  knowledge: 'label',
  options: v.object({
    degrees: positive({ default: 30, description: 'largest rotation, in degrees' }),
    rotations: wholeNumber({ default: 31, description: 'angles tried, from one end to the other' }),
    shift: positive({ default: 0.1, description: 'largest shift, as a share of the side' }),
    shifts: wholeNumber({ default: 5, description: 'shifts tried along each side' }),
  }),
  *run(context, { degrees, rotations, shift, shifts }) {
    const image = imageOf('rotation-translation', context);
    const box = boxAround(context.x, context.bounds);
    const poses = spaced(rotations).flatMap((turn) => spaced(shifts).flatMap((down) => spaced(shifts).map((right) => ({ turn, down, right }))));
    poses.sort((a, b) => severity(a) - severity(b));
    return yield* firstFooling(poses.length, (index) => {
      const { turn, down, right } = poses[index] as Pose;
      return pointOf(posed(image, { turn: (turn * degrees * Math.PI) / 180, down: down * shift, right: right * shift }), box);
    });
  },
});

/** A rotation and two shifts: of the grid, from −1 to 1; of an image, in radians and as shares of its sides. */
interface Pose {
  readonly turn: number;
  readonly down: number;
  readonly right: number;
}

/** `count` values from −1 to 1, at equal steps. */
function spaced(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (2 * i) / (count - 1) - 1));
}

function severity({ turn, down, right }: Pose): number {
  return Math.abs(turn) + Math.abs(down) + Math.abs(right);
}

/** The image turned about its centre and then shifted. */
function posed({ height, width, channels, values }: Image, { turn, down, right }: Pose): Float32Array {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  const result = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const y = row - middleRow - down * height;
      const x = column - middleColumn - right * width;
      const from = { row: middleRow + cos * y + sin * x, column: middleColumn - sin * y + cos * x };
      for (let channel = 0; channel < channels; channel++)
        result[(row * width + column) * channels + channel] = between({ height, width, channels, values }, from, channel);
    }
  }
  return result;
}

/** Bilinear interpolation; 0 outside the image. */
function between({ height, width, channels, values }: Image, { row, column }: { readonly row: number; readonly column: number }, channel: number): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const at = (r: number, c: number) => (r < 0 || r >= height || c < 0 || c >= width ? 0 : (values[(r * width + c) * channels + channel] as number));
  const [low, far] = [row - top, column - left];
  const upper = (1 - far) * at(top, left) + far * at(top, left + 1);
  const lower = (1 - far) * at(top + 1, left) + far * at(top + 1, left + 1);
  return (1 - low) * upper + low * lower;
}
