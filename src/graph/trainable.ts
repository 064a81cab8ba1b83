import type { Random } from '../core/random.ts';
import type { Graph, Value } from './ir.ts';

/** A tensor of numbers that a model has learned. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** As the model was opened. */
  readonly data: Float32Array;
  /** Whether it has a gradient: moving averages and the weights of frozen layers have none. */
  readonly trainable: boolean;
}

/** By parameter. */
export type Values = ReadonlyMap<string, Float32Array>;

/**
 * How a model computes. In training, batch normalisation takes the statistics of the batch and moves its averages towards
 * them, and dropout draws. Attacks see it in inference.
 */
export type Mode = 'training' | 'inference';

/** What a model must offer to be trained. */
export interface Trainable {
  readonly parameters: readonly Parameter[];
  /**
   * The forward pass at a fixed batch size, its parameters being inputs: `x` [batch, …inputShape], `logits` [batch,
   * classes]; in training also the new moving averages as outputs (statisticOutput), and random numbers as inputs. Throws
   * Untraceable naming the op that the IR cannot express.
   */
  trace(batch: number, mode: Mode): Promise<Graph>;
  /**
   * Numbers to begin with, as if nothing had been learned. A parameter that is not named keeps its own: its layer is frozen,
   * or nothing says what it should begin with.
   */
  draw(random: Random): Promise<Values>;
  /** Writes the model with these numbers in the format it came in; a parameter that is not named keeps its own. The file to open. */
  save(folder: string, values: Values): Promise<string>;
}

const prefix = 'parameter:';

/** A parameter as an input of the graph. */
export function parameterInput(graph: Graph, { name, shape, trainable }: Omit<Parameter, 'data'>): Value {
  return graph.input(`${prefix}${name}`, shape, 'float32', { trainable: trainable ? 1 : 0 });
}

/** What a graph takes as inputs for these parameters. */
export function parameterFeeds(values: Values): Record<string, Float32Array> {
  return Object.fromEntries(Array.from(values, ([name, data]) => [`${prefix}${name}`, data]));
}

/** The parameter that a value is; undefined for any other value. */
export function parameterOf({ node: { op, name } }: Value): string | undefined {
  return op === 'Input' && name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/** The parameters among a graph's inputs. */
export function parametersOf(graph: Graph): { readonly name: string; readonly value: Value; readonly trainable: boolean }[] {
  return graph.inputs.flatMap((value) => {
    const name = parameterOf(value);
    return name === undefined ? [] : [{ name, value, trainable: value.node.attributes['trainable'] === 1 }];
  });
}

/** Names of outputs: what a moving average becomes in a step, and a parameter's gradient. */
export const statisticOutput = (parameter: string): string => `statistic:${parameter}`;
export const gradientOutput = (parameter: string): string => `gradient:${parameter}`;
