import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import { ints, text } from '../graph/attributes.ts';
import { sizeOf } from '../graph/broadcast.ts';
import type { Graph } from '../graph/ir.ts';

/** Random numbers that a model draws for each example: an input of its graphs. */
export interface NoiseInput {
  readonly name: string;
  /** The same input of the original, its random numbers given. */
  readonly source: string;
  readonly kind: keyof typeof drawn;
  /** One example's share, as the model has it: in a batch the first axis is that many times as long. */
  readonly shape: readonly number[];
}

const drawn = {
  normal: (random: Random) => random.normal(),
  uniform: (random: Random) => random.uniform(),
} as const;

export function noiseOf(graph: Graph): NoiseInput[] {
  return graph.inputs.flatMap(({ node: { name, attributes } }) => {
    if (attributes['kind'] === undefined) return [];
    const kind = text(attributes, 'kind') as NoiseInput['kind'];
    return [{ name, source: text(attributes, 'source'), kind, shape: ints(attributes, 'shape') }];
  });
}

/** Fills the noise of a batch: each row from its own draw, whatever its place, each input from a stream of its own. */
export class NoiseFeeds {
  private readonly inputs: readonly NoiseInput[];
  private readonly memory = new Map<string, Float32Array<ArrayBuffer>>();

  constructor(inputs: readonly NoiseInput[]) {
    this.inputs = inputs;
  }

  /** [rows, …] by input; valid until the next call. */
  of(rows: number, draws: readonly Random[] | undefined): Readonly<Record<string, Float32Array<ArrayBuffer>>> {
    if (this.inputs.length === 0) return {};
    if (!draws || draws.length < rows) throw new Error(`a model that draws random numbers was asked about ${rows} rows with ${draws?.length ?? 0} draws`);
    return Object.fromEntries(this.inputs.map((input, at) => [input.name, this.fill(input, at, rows, draws)]));
  }

  private fill({ name, kind, shape }: NoiseInput, at: number, rows: number, draws: readonly Random[]): Float32Array<ArrayBuffer> {
    const size = sizeOf(shape);
    let values = this.memory.get(name);
    if (!values || values.length < rows * size) this.memory.set(name, (values = new Float32Array(rows * size)));
    for (let row = 0; row < rows; row++) {
      const stream = (draws[row] as Random).split(at);
      for (let i = row * size; i < (row + 1) * size; i++) values[i] = drawn[kind](stream);
    }
    return values.subarray(0, rows * size);
  }
}

/** The oracle with one draw for every row and call: a function of the example, which can be compared and differentiated. */
export function withDraw<Asked extends Pick<Oracle, 'predict'> & Partial<Pick<Oracle, 'gradient' | 'random'>>>(oracle: Asked, draw: Random): Asked {
  if (!oracle.random) return oracle;
  const draws = (rows: number): Random[] => new Array<Random>(rows).fill(draw);
  return {
    ...oracle,
    predict: (points, rows) => oracle.predict(points, rows, draws(rows)),
    ...(oracle.gradient && { gradient: (points, losses, rows) => oracle.gradient?.(points, losses, rows, draws(rows)) }),
  } satisfies Partial<Oracle>;
}
