import { expect, test } from 'vitest';
import type { Oracle } from '../../src/core/oracle.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { probeRows, type RowIndependence } from '../../src/engine/rows.ts';
import type { Value } from '../../src/graph/ir.ts';
import { graphModel, type NetBuilder } from './models.ts';

async function probed(body: (net: NetBuilder, x: Value) => Value): Promise<RowIndependence> {
  const oracle = await openCompiled(await compileModel(graphModel([6], body), { batchSize: 16 }), { threads: 1 });
  try {
    return await probeRows(
      oracle,
      Float32Array.from({ length: 8 * 6 }, (_, i) => (0.31 + i * 0.618034) % 1),
      8,
    );
  } finally {
    await oracle.close();
  }
}

const activations = ['Tanh', 'Sigmoid', 'Elu', 'Selu', 'Softplus', 'Erf', 'Exp', 'Relu', 'Softsign'];

test.each(activations)('rows of a net with %s do not depend on their neighbours', async (op) => {
  expect(await probed((net, x) => net.dense(net.op(op, [net.dense(x, 33)]), 3))).toBe('exact');
});

test.each(['ReduceSum', 'ReduceMean', 'Softmax', 'LogSoftmax'])('nor do rows that pass a %s', async (op) => {
  const attributes = op.startsWith('Reduce') ? { axes: [1], keepdims: 1 } : { axis: 1 };
  const normal = (net: NetBuilder, h: Value): Value => net.sub(h, net.op(op, [h], attributes));
  expect(await probed((net, x) => net.dense(normal(net, net.dense(x, 33)), 3))).toBe('exact');
});

test('a scale taken over the whole batch couples its rows', async () => {
  const scaled = (net: NetBuilder, h: Value): Value =>
    net.div(h, net.op('ReduceMax', [net.op('Abs', [h])], { axes: [0, 1], keepdims: 1 }));
  expect(await probed((net, x) => net.dense(scaled(net, net.dense(x, 8)), 3))).toBe('coupled');
});

test('a difference in the last digits is rounding', async () => {
  const wobbly: Oracle = {
    inputShape: [1],
    size: 1,
    classes: 2,
    batchSize: 8,
    differentiable: false,
    logitError: 0,
    predict: (points, rows) =>
      Promise.resolve({
        logits: Float32Array.from({ length: 2 * rows }, (_, i) => points[i >> 1]! * (rows === 1 ? 1 + 1e-6 : 1)),
      }),
    gradient: () => Promise.reject(new Error('none')),
    close: () => Promise.resolve(),
  };
  expect(await probeRows(wobbly, Float32Array.of(1, 2, 3, 4), 4)).toBe('rounding');
});
