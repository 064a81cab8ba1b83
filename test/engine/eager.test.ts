import { beforeAll, describe, expect, test } from 'vitest';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { encodeLoss, evaluateLoss, lossRows, type Loss } from '../../src/core/losses.ts';
import { decodeLoss } from '../../src/engine/eager/decodeLoss.ts';
import { openEager } from '../../src/engine/eager/openEager.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { mlp, residual } from '../support/nets.ts';
import { layersModel } from './models.ts';

let tf: Tf, model: TfjsModel;
beforeAll(async () => {
  tf = await loadTf();
  model = await layersModel((lib) => mlp(lib, { activation: 'tanh' }));
});

const points = Float32Array.from({ length: 3 * 5 }, (_, i) => (0.31 + i * 0.618034) % 1);

describe.each(['wasm', 'cpu'] as const)('eager %s', (backend) => {
  test('its gradient agrees with central differences of its loss', async () => {
    const oracle = await openEager(model, backend);
    expect(oracle.backend).toBe(backend);
    const losses = lossRows(3, 3);
    encodeLoss({ crossEntropy: [0, 1, 0] }, losses, 0, 3);
    encodeLoss({ margin: 2 }, losses, 1, 3);
    encodeLoss({ dlr: 0 }, losses, 2, 3);
    const gradient = (await oracle.gradient(points, losses, 3)).gradient.slice();
    for (let i = 0; i < points.length; i++) {
      const [above, below] = [points.with(i, points[i]! + 0.01), points.with(i, points[i]! - 0.01)];
      const row = Math.floor(i / 5);
      const up = (await oracle.gradient(above, losses, 3)).loss[row]!;
      const down = (await oracle.gradient(below, losses, 3)).loss[row]!;
      expect(gradient[i]).toBeCloseTo((up - down) / 0.02, 2);
    }
  });

  test('no tensor is left behind', async () => {
    const oracle = await openEager(model, backend);
    const losses = lossRows(3, 3);
    await oracle.gradient(points, losses, 3);
    const before = tf.memory().numTensors;
    await oracle.predict(points, 3);
    await oracle.gradient(points, losses, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a logit that is not finite gives a loss and a gradient that are not either', async () => {
  const broken: TfjsModel = { ...model, eager: (x) => tf.div(model.eager(x), 0) };
  const oracle = await openEager(broken, 'cpu', { differentiable: false });
  const { loss, gradient } = await oracle.gradient(points, lossRows(3, 3), 3);
  expect([...loss, ...gradient].every(Number.isNaN)).toBe(true);
});

describe('when a backend has not all the kernels of a gradient', () => {
  // TF.js differentiates a convolution without an activation by its filter too, which wasm has no kernel for.
  const unsupported = (): Promise<TfjsModel> => layersModel((lib) => residual(lib));
  const backends = ['wasm', 'cpu'] as const;

  test('it is passed over, with a line that names the kernel', async () => {
    const lines: string[] = [];
    const oracle = await openEager(await unsupported(), undefined, { backends, note: (line) => lines.push(line) });
    expect(oracle.backend).toBe('cpu');
    expect(lines).toEqual(['TF.js backend wasm has no kernel Conv2DBackpropFilter: passed over']);
  });

  test('it still predicts', async () => {
    expect((await openEager(await unsupported(), undefined, { backends, differentiable: false })).backend).toBe('wasm');
  });

  test('it is refused when it was asked for', async () => {
    await expect(openEager(await unsupported(), 'wasm')).rejects.toThrow(
      'TF.js backend wasm has no kernel Conv2DBackpropFilter',
    );
  });
});

test('a backend that is not installed says how to get it', async () => {
  const name: string = '@tensorflow/tfjs-node';
  const installed = await import(name).then(
    () => true,
    () => false,
  );
  if (installed) expect((await openEager(model, 'tensorflow')).backend).toBe('tensorflow');
  else await expect(openEager(model, 'tensorflow')).rejects.toThrow('npm install @tensorflow/tfjs-node');
});

describe('a batch takes as many rows as memory allows', () => {
  test.each([
    // The row, and one sum after the other: 3 × 4 MiB of the 128 there are for a batch.
    [2 ** 20, 8],
    [2 ** 10, 128],
  ])('rows of %i values, held three times: %i', async (width, rows) => {
    const summing: TfjsModel = { ...model, inputShape: [width], eager: (x) => x.add(1).add(1).slice([0, 0], [-1, 3]) };
    const oracle = await openEager(summing, 'cpu', { differentiable: false });
    expect(oracle.batchSize).toBe(rows);
  });

  test('unless it is said how many', async () => {
    expect((await openEager(model, 'cpu', { batchSize: 5 })).batchSize).toBe(5);
  });
});

test('a pass that fails is a line, and ends no process', async () => {
  const failing: TfjsModel = { ...model, eager: (x) => tf.slice(x, [0, 0], [x.shape[0], 2.5]) };
  const unheld: unknown[] = [];
  const hear = (reason: unknown): void => void unheld.push(reason);
  process.on('unhandledRejection', hear);
  await expect(openEager(failing, 'cpu')).rejects.toThrow(/^TF\.js backend cpu failed: Tensor must have a shape/);
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  expect(unheld).toEqual([]);
});

test('a loss survives the form that the graph takes', () => {
  const z = Float32Array.of(0.5, 2, -1, 1);
  const losses: readonly Loss[] = [
    { crossEntropy: [0, 0, 1, 0] },
    { linear: [1, 2, 3, 4] },
    { margin: 3 },
    { dlr: 1 },
    { targetedDlr: [1, 2] },
  ];
  const rows = lossRows(losses.length, 4);
  losses.forEach((loss, row) => encodeLoss(loss, rows, row, 4));
  losses.forEach((loss, row) => expect(evaluateLoss(decodeLoss(rows, row, 4), z)).toEqual(evaluateLoss(loss, z)));
});

test('TF.js leaves no listener for uncaught errors behind', async () => {
  await openEager(model, 'wasm');
  const ours = [...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')];
  expect(ours.filter((listener) => /ExitStatus|throw reason/.test(String(listener)))).toEqual([]);
});
