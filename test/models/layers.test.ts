import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { seeded } from '../support/nets.ts';
import { compiledAgainstEager } from './compiled.ts';
import { activations, layerRows, layersWithoutRow } from './layerRows.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
  await tf.setBackend('cpu');
});

/** Everything that TF.js can build from a model.json, by class name. */
function registered(): Map<string, { prototype: unknown }> {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  return new Map(Object.entries(classNameMap).map(([name, [type]]) => [name, type]));
}

const classesIn = (model: LayersModel): string[] => [model.getClassName(), ...model.layers.map((layer) => layer.getClassName())];

describe('the table of layers', () => {
  test('has a row, or a reason for none, for every layer that TF.js can load', () => {
    const known = [...registered()].filter(([, type]) => type.prototype instanceof tf.layers.Layer).map(([name]) => name);
    const covered = layerRows.flatMap(({ build }) => classesIn(build(tf)));
    expect([...new Set([...covered, ...Object.keys(layersWithoutRow)])].sort()).toEqual(known.sort());
  });

  test('has a row for every activation that TF.js can load', () => {
    const known = [...registered().keys()].filter((name) => /^[a-z]/.test(name));
    expect([...activations].sort()).toEqual(known.sort());
  });
});

describe('a compiled layer gives the logits and gradients of eager TF.js', () => {
  test.each(layerRows)('$title', async ({ build, twin }) => {
    const model = seeded(tf, build(tf), 3);
    const f = (x: Tensor): Tensor => model.apply(x, { training: false }) as Tensor;
    const shape = [2, ...(model.inputs[0]!.shape.slice(1) as number[])];
    const { logits, gradient } = await compiledAgainstEager(tf, f, twin?.(tf, model) ?? f, shape);
    expect(logits).toBeLessThan(3e-6);
    expect(gradient).toBeLessThan(3e-6);
  });
});
