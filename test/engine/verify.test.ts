import { describe, expect, test } from 'vitest';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { openEager } from '../../src/engine/eager/openEager.ts';
import { probePoints, verify, VerificationError, type Verification } from '../../src/engine/verify.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { vjpRules, type VjpRule } from '../../src/graph/vjp/index.ts';
import { quantizationRules } from '../../src/graph/vjp/quantization.ts';
import { mlp, residual, smallCnn } from '../support/nets.ts';
import { graphModel, layersModel } from './models.ts';
import { nets } from './verifyNets.ts';

/** A picture: its values in order. */
type Image = (at: number) => number;

/** Verifies a compiled model; the reference is the compiled model itself where none is given. */
async function verified(
  model: TfjsModel,
  { rules = vjpRules, reference, images }: { rules?: typeof vjpRules; reference?: Oracle; images?: Image } = {},
): Promise<Verification> {
  const oracle = await openCompiled(await compileModel(model, { batchSize: 32, rules }), { threads: 1 });
  try {
    const random = randomOf(7);
    const data = Float32Array.from({ length: 8 * oracle.size }, (_, i) => images?.(i % oracle.size) ?? random.uniform());
    const { points, count } = probePoints(data, oracle.size, { lower: 0, upper: 1 }, random);
    return await verify(oracle, reference ?? oracle, points, count, random);
  } finally {
    await oracle.close();
  }
}

const wrongBy1Percent = (op: string): typeof vjpRules => {
  const rule: VjpRule = (at, input) => {
    const right = vjpRules[op]!(at, input);
    return right && at.g.mul(right, 1.01);
  };
  return { ...vjpRules, [op]: rule };
};

/** Rules that 1 % cannot show in: the derivative is 0 wherever there is one, or the op is gone before it is asked for. */
const staircases = ['Sign', 'Floor', 'Ceil', 'Round', 'Identity'];
/** A straight-through gradient has no central differences: see graph/quantization.test.ts. The batch's statistics are for training. */
const exempt = [...staircases, ...Object.keys(quantizationRules), 'BatchNormalization'];

test('every other VJP rule has a net', () => {
  expect(Object.keys(nets).sort()).toEqual(
    Object.keys(vjpRules)
      .filter((op) => !exempt.includes(op))
      .sort(),
  );
});

describe.each(Object.entries(nets))('%s', (op, body) => {
  const model = graphModel([12], body);

  test('passes verification as it is', async () => {
    expect(await verified(model)).toMatchObject({ logits: 0 });
  });

  test('is refused when its VJP rule is 1 % wrong', async () => {
    await expect(verified(model, { rules: wrongBy1Percent(op) })).rejects.toThrow(VerificationError);
  });
});

describe('whole nets against TF.js', () => {
  const saturated: typeof mlp = (tf, net) => {
    const model = mlp(tf, net);
    model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 30)));
    return model;
  };
  test.each([
    ['a small CNN', smallCnn],
    ['a residual net with batch norm and ReLU', residual],
    ['a multi-layer perceptron', mlp],
    ['a saturated one', saturated],
  ] as const)('%s passes', async (_, make) => {
    const model = await layersModel((tf) => make(tf));
    expect((await verified(model, { reference: await openEager(model) })).logits).toBeLessThan(1e-5);
    model.close();
  });

  test.each<[string, Image]>([
    ['black', () => 0],
    ['white but for a corner', (at) => (at === 0 ? 0.3 : 1)],
  ])('pictures that are %s do no harm, though every pool ties there', async (_, images) => {
    const model = await layersModel((tf) => smallCnn(tf, { inputShape: [24, 24, 1] }));
    expect((await verified(model, { images })).gradient).toBeLessThan(0.002);
    model.close();
  });

  test('a graph of another batch size that is 1 % wrong is refused', async () => {
    const model = await layersModel((tf) => mlp(tf));
    const options = { batchSize: 32 };
    const right = await compileModel(model, options);
    const wrong = await compileModel(model, { ...options, rules: wrongBy1Percent('Relu') });
    const mixed = { ...right, gradient: [right.gradient[0]!, wrong.gradient[1]!] };
    const oracle = await openCompiled(mixed, { threads: 1 });
    const random = randomOf(7);
    const { points, count } = probePoints(new Float32Array(), oracle.size, { lower: 0, upper: 1 }, random);
    await expect(verify(oracle, oracle, points, count, random)).rejects.toThrow(/gradients of smaller batches/);
    await oracle.close();
    model.close();
  });

  test('a model that is not the reference is refused', async () => {
    const [model, other] = [
      await layersModel((tf) => smallCnn(tf)),
      await layersModel((tf) => smallCnn(tf, { seed: 2 })),
    ];
    await expect(verified(model, { reference: await openEager(other) })).rejects.toThrow(/logits against the original model/);
  });
});
