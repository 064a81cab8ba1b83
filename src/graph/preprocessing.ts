import { UserError } from '../core/errors.ts';
import type { Preprocessing } from './model.ts';

/** x·gain + shift, one of each per channel. */
export interface Affine {
  readonly gain: readonly number[];
  readonly shift: readonly number[];
}

/**
 * x·(b−a)+a for range [a, b], then (x − mean) / std per channel, as one product and one sum; undefined where nothing is
 * asked for. Channels are the last axis of an example; one value serves them all.
 */
export function affineOf({ range, mean, std }: Preprocessing, inputShape: readonly number[]): Affine | undefined {
  if (!range && !mean && !std) return undefined;
  const [from, to] = checkedRange(range ?? [0, 1]);
  const means = perChannel('mean', mean ?? [0], inputShape);
  const deviations = perChannel('std', std ?? [1], inputShape);
  const bad = deviations.find((deviation) => deviation <= 0);
  if (bad !== undefined) throw new UserError(`std: expected numbers above 0, found ${bad}`);
  const gain = deviations.map((deviation) => (to - from) / deviation);
  const shift = deviations.map((deviation, channel) => (from - (means[channel] as number)) / deviation);
  return { gain, shift };
}

function checkedRange([from, to]: readonly [number, number]): readonly [number, number] {
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return [from, to];
  throw new UserError(`range: expected two numbers, the smaller first, found ${from}..${to}`);
}

function perChannel(name: string, values: readonly number[], inputShape: readonly number[]): readonly number[] {
  const channels = inputShape.at(-1) ?? 1;
  if (values.length !== 1 && values.length !== channels)
    throw new UserError(`${name}: expected ${channels === 1 ? '1 value' : `1 or ${channels} values`} for an input of [${inputShape.join(', ')}], found ${values.length}`);
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new UserError(`${name}: expected finite numbers, found ${bad}`);
  return Array.from({ length: channels }, (_, channel) => (values.length === 1 ? values[0] : values[channel]) as number);
}
