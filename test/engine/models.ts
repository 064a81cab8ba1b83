import { bindLayersModel } from '../../models/tfjs/bindLayersModel.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { randomOf } from '../../src/core/random.ts';
import { Builder } from '../../src/graph/builder.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import { Graph, type Value } from '../../src/graph/ir.ts';
import type { TfjsModel } from '../../src/graph/model.ts';

const origin = { path: 'model.json', sha256: '', preprocessing: {} };

/** A TF.js model of our own making as a saved one. */
export async function layersModel(make: (tf: Tf) => Parameters<typeof bindLayersModel>[1]): Promise<TfjsModel> {
  const tf = await loadTf();
  return bindLayersModel(tf, make(tf), origin);
}

/** A net written in the IR, from x [N, ...inputShape] to logits [N, classes]. It has no TF.js twin. */
export function graphModel(inputShape: readonly number[], body: (net: NetBuilder, x: Value) => Value): TfjsModel {
  const trace = (batch: number): Graph => {
    const graph = new Graph();
    graph.output('logits', body(new NetBuilder(graph), graph.input('x', [batch, ...inputShape])));
    return graph;
  };
  const classes = trace(1).outputs.get('logits')?.shape[1] ?? 0;
  const eager = (): never => {
    throw new Error('this net has no TF.js twin');
  };
  const close = (): void => undefined;
  return {
    ...origin,
    format: 'graph',
    inputShape,
    classes,
    parameters: 0,
    logits: '',
    eager,
    trace: (batch) => Promise.resolve(trace(batch)),
    close,
  };
}

/** Layers with seeded weights. */
export class NetBuilder extends Builder {
  private count = 0;

  weights(shape: readonly number[], scale: number): Value {
    const random = randomOf(1, this.count++);
    return this.graph.constant(
      Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()),
      shape,
    );
  }

  dense(x: Value, units: number): Value {
    const inputs = x.shape[1]!;
    const product = this.op('MatMul', [x, this.weights([inputs, units], Math.sqrt(1 / inputs))]);
    return this.add(product, this.weights([units], 0.1));
  }

  flat(x: Value): Value {
    const [rows, ...rest] = x.shape;
    return this.reshape(x, [rows!, sizeOf(rest)]);
  }
}
