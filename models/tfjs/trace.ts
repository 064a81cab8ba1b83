import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Shape } from '../../src/graph/broadcast.ts';
import { isConstant, Untraceable, type Graph, type Value } from '../../src/graph/ir.ts';
import { eliminateDeadCode } from '../../src/graph/passes/eliminateDeadCode.ts';
import { kernelRules } from './kernels/index.ts';
import { Recorder } from './recorder.ts';
import { mapInputs, type KernelInputs } from './runKernel.ts';
import type { Tf } from './tf.ts';
import { traceBackend, type TraceBackend } from './traceBackend.ts';

const backendName = 'breakwater-trace';

/** A run on the recording backend: its tensors are values of a graph. */
export interface Tracing {
  readonly graph: Graph;
  /** A tensor that stands for a value. */
  readonly tensor: (value: Value) => Tensor;
  readonly value: (tensor: Tensor) => Value;
  /** From here on, whoever reads the tensor reads the value. */
  readonly replace: (tensor: Tensor, value: Value) => void;
}

/** The graph of a TF.js function: input `x` of the given shape, output `logits`. */
export function trace(tf: Tf, f: (x: Tensor) => Tensor, shape: Shape): Graph {
  return traceAll(tf, ({ graph, tensor, value }) => {
    graph.output('logits', value(f(tensor(graph.input('x', shape)))));
  });
}

/**
 * The graph of what `run` computes, inputs and outputs being those that it names: runs it once on a backend whose kernels
 * append nodes instead of computing. Leaves TF.js as it was; tensors of other backends stay where they are.
 */
export function traceAll(tf: Tf, run: (tracing: Tracing) => void): Graph {
  const recorder = new Recorder(tf);
  const backend = traceBackend(tf, recorder);
  const previous = tf.getBackend();
  tf.registerBackend(backendName, () => backend);
  const kernels = registerKernels(tf, backend, recorder);
  try {
    // Settled before it returns; awaiting it would let other code run on this backend.
    void tf.setBackend(backendName);
    withoutChance(() => tf.tidy(() => run(tracingOn(tf, backend, recorder))));
  } catch (error) {
    throw unknownKernel(error) ?? error;
  } finally {
    void tf.setBackend(previous);
    for (const kernel of kernels) tf.unregisterKernel(kernel, backendName);
    tf.removeBackend(backendName);
  }
  return eliminateDeadCode(recorder.graph);
}

function tracingOn(tf: Tf, backend: TraceBackend, { graph }: Recorder): Tracing {
  return {
    graph,
    tensor: (value) => tf.engine().makeTensorFromTensorInfo(backend.toTensor(value)),
    value: (tensor) => backend.toValue(tensor),
    replace: (tensor, value) => backend.replace(tensor, value),
  };
}

/** Refuses what would be drawn once and then frozen into the graph. All of TF.js' random ops start at Math.random. */
function withoutChance(run: () => void): void {
  const { random } = Math;
  Math.random = () => {
    throw new Untraceable('a random op', 'the graph would hold one draw, for ever');
  };
  try {
    run();
  } finally {
    Math.random = random;
  }
}

/** Every kernel that TF.js can compute or we have a rule for. */
function registerKernels(tf: Tf, backend: TraceBackend, recorder: Recorder): ReadonlySet<string> {
  const computable = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  const kernels = new Set([...computable, ...Object.keys(kernelRules)]);
  for (const kernelName of kernels) {
    const kernelFunc: KernelFunc = ({ inputs, attrs = {} }) => {
      recorder.kernel = kernelName;
      const values = mapInputs(inputs as KernelInputs<TensorInfo>, (tensor) => backend.toValue(tensor));
      const outputs = record(recorder, values, attrs).map((output) => backend.toTensor(output));
      return outputs.length === 1 ? (outputs[0] as TensorInfo) : outputs;
    };
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
  return kernels;
}

/** What does not depend on the input is computed at once; the rest becomes nodes. */
function record(recorder: Recorder, inputs: KernelInputs<Value>, attributes: object): readonly Value[] {
  const { kernel } = recorder;
  // Tiled weights are as large as the batch: their rule keeps them small.
  const computed = kernel !== 'Tile' && Object.values(inputs).every(isConstant);
  if (computed) return recorder.evaluate(kernel, inputs, attributes);
  const rule = Object.hasOwn(kernelRules, kernel) ? kernelRules[kernel] : undefined;
  if (!rule) throw new Untraceable(kernel, 'a TF.js kernel that has no rule');
  return [rule(recorder, inputs as never, attributes as never)].flat();
}

/** A custom layer may bring a kernel of its own. */
function unknownKernel(error: unknown): Untraceable | undefined {
  const name = error instanceof Error ? /^Kernel '(.+)' not registered/.exec(error.message)?.[1] : undefined;
  return name === undefined ? undefined : new Untraceable(name, 'a TF.js kernel that has no rule');
}
