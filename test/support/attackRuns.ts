import type { Attack } from '../../src/core/attack.ts';
import type { Norm } from '../../src/core/norms.ts';
import { parseOptions } from '../../src/core/options.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import type { Example } from '../../src/evaluate/example.ts';
import type { Judged, Trial } from '../../src/evaluate/trial.ts';

/** One attack on one example: what the attack itself returned, before any correction, and the harness's record. */
export interface Outcome {
  readonly example: Example;
  /** Undefined when nothing was run or the attack failed. */
  readonly point: Float32Array | undefined;
  /** What the harness made of it, and judged. */
  readonly judged: Float32Array | undefined;
  readonly record: SampleRecord;
}

export interface Setting extends Partial<Pick<Trial, 'seed' | 'target' | 'bounds' | 'columns'>> {
  readonly norm: Norm;
  readonly epsilon: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly inFlight?: number;
}

/** Runs an attack through the scheduler; outcomes in the order of the examples. */
export async function outcomes(attack: Attack, oracle: Oracle, examples: readonly Example[], setting: Setting): Promise<Outcome[]> {
  const { norm, epsilon, options = {}, inFlight = 8, seed = 0, target, bounds = { lower: 0, upper: 1 }, columns } = setting;
  const points = new Map<number, Float32Array>();
  const judgements = new Map<number, Judged>();
  const watched: Attack = {
    ...attack,
    *run(context, given) {
      const before = context.x.slice();
      const found = yield* attack.run(context, given);
      const point = found instanceof Float32Array ? found : found.adv;
      if (context.x.some((value, i) => value !== before[i])) throw new Error('the attack changed x');
      const example = examples.find(({ x }) => x.every((value, i) => value === before[i]))!;
      points.set(example.id, point.slice());
      return found;
    },
  };
  const planned = { label: attack.name, repeat: 0, attack: watched, options: parseOptions(attack.name, attack.options, options) as Record<string, unknown> };
  const trial: Trial = { attacks: [planned], norm, epsilon, bounds, target, seed, shape: oracle.inputShape, classes: oracle.classes, labels: 'given', eightBit: false, ...(columns && { columns }) };
  await evaluate(oracle, streamOf(examples), trial, (judgement) => judgements.set(judgement.record.id, judgement), { inFlight });
  return examples.map((example) => {
    const { record, point: judged } = judgements.get(example.id)!;
    return { example, point: points.get(example.id), judged, record };
  });
}

async function* streamOf(examples: readonly Example[]): AsyncGenerator<Example> {
  for (const example of examples) {
    await Promise.resolve();
    yield example;
  }
}
