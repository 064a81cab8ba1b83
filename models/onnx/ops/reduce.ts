import { axisOf, range } from '../../../src/graph/broadcast.ts';
import type { Attributes, Value } from '../../../src/graph/ir.ts';
import type { Importer, Importers } from '../importer.ts';
import { formula, type Formula } from './formula.ts';
import { norm, powerOfSize } from './norm.ts';

/** Many values to one, or to where it is. */
export const reduceOps: Importers = {
  ReduceSum: reduction((at) => reduced(at, 'ReduceSum', at.x)),
  ReduceMean: reduction((at) => reduced(at, 'ReduceMean', at.x)),
  ReduceMax: reduction((at) => reduced(at, 'ReduceMax', at.x)),
  ReduceMin: reduction((at) => reduced(at, 'ReduceMin', at.x)),
  ReduceProd: reduction((at) => reduced(at, 'ReduceProd', at.x)),
  ReduceL1: reduction((at) => reduced(at, 'ReduceSum', powerOfSize(at.g, at.x, 1))),
  ReduceL2: reduction((at) => norm(at.g, reduced(at, 'ReduceSum', powerOfSize(at.g, at.x, 2)), 2)),
  ReduceSumSquare: reduction((at) => reduced(at, 'ReduceSum', powerOfSize(at.g, at.x, 2))),
  ReduceLogSum: reduction((at) => at.g.op('Log', [reduced(at, 'ReduceSum', at.x)])),
  /** The largest is taken out first: no exponential overflows. */
  ReduceLogSumExp: reduction((at) => {
    const { g, x, reduce } = at;
    const largest = g.op('ReduceMax', [x], { ...reduce, keepdims: 1 });
    const sum = reduced(at, 'ReduceSum', g.op('Exp', [g.sub(x, largest)]));
    return g.add(g.op('Log', [sum]), g.reshape(largest, sum.shape));
  }),
  ArgMax: formula(argument),
  ArgMin: formula(argument),
};

interface Reduction extends Formula {
  /** `axes` and `keepdims`, as the IR has them. */
  readonly reduce: Attributes;
}

/** The axes are an attribute to opset 17 (12 for ReduceSum), then an input; none named are all, or none if the node says so. */
function reduction(write: (at: Reduction) => Value): Importer {
  return formula((at) => {
    const { node, into, x } = at;
    if (x.dtype === 'bool') throw node.unsupported('it reduces truths');
    const second = node.inputs[1];
    const named = second ? into.numbers(second) : node.ints('axes', []);
    const rank = x.shape.length;
    const all = named.length === 0 && !node.int('noop_with_empty_axes', 0);
    const axes = all ? range(0, rank) : named.map((axis) => axisOf(axis, rank));
    return write({ ...at, reduce: { axes, keepdims: node.int('keepdims', 1) } });
  });
}

function reduced({ g, reduce }: Reduction, op: string, x: Value): Value {
  const nothing = (reduce['axes'] as readonly number[]).length === 0;
  return nothing ? x : g.op(op, [x], reduce);
}

function argument({ g, x, node }: Formula): Value {
  const axis = axisOf(node.int('axis', 0), x.shape.length);
  const last = node.int('select_last_index', 0);
  return g.op(node.op, [x], { axis, keepdims: node.int('keepdims', 1), ...(last && { select_last_index: last }) });
}
