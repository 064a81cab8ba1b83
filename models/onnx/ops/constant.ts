import { sizeOf } from '../../../src/graph/broadcast.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { constantOf, decoded, dtypeOf } from '../tensor.ts';
import { constant } from './given.ts';

/** Constant's attributes: it has one of them. */
const forms: Readonly<Record<string, Importer>> = {
  value: (node, { graph }) => constantOf(graph, tensorOf(node)),
  value_float: (node, into) => constant(node, into, 'float32', [], () => node.float('value_float')),
  value_floats: (node, into) => {
    const values = node.floats('value_floats');
    return constant(node, into, 'float32', [values.length], (i) => values[i] as number);
  },
  value_int: (node, into) => constant(node, into, 'int64', [], () => node.int('value_int')),
  value_ints: (node, into) => {
    const values = node.ints('value_ints');
    return constant(node, into, 'int64', [values.length], (i) => values[i] as number);
  },
};

function tensorOf(node: OnnxNode): NonNullable<ReturnType<OnnxNode['tensor']>> {
  const tensor = node.tensor('value');
  if (!tensor) throw node.unsupported('its value is no tensor');
  return tensor;
}

/** One number, repeated: a scalar that is expanded takes no room. */
function constantOfShape(node: OnnxNode, { graph, add, numbers }: Import): ReturnType<Importer> {
  const shape = numbers(node.input(0));
  const { data, dtype } = node.has('value') ? decoded(tensorOf(node)) : { data: new Float32Array(1), dtype: 'float32' as const };
  if (data.length !== 1) throw node.unsupported(`its value has ${data.length} numbers, expected 1`);
  const scalar = graph.constant(data, [], dtype, node.name);
  return shape.length === 0 ? scalar : add('Expand', [scalar], { shape });
}

function range(node: OnnxNode, into: Import): ReturnType<Importer> {
  const [start = 0, limit = 0, delta = 0] = [0, 1, 2].map((at) => into.numbers(node.input(at))[0] as number);
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(count)) throw node.unsupported(`it goes from ${start} to ${limit} by ${delta}`);
  return constant(node, into, node.input(0).dtype, [count], (i) => start + i * delta);
}

function eyeLike(node: OnnxNode, into: Import): ReturnType<Importer> {
  const { shape, dtype } = node.input(0);
  const to = node.has('dtype') ? dtypeOf(node.int('dtype')) : dtype;
  const [rows, columns] = shape as readonly [number, number];
  if (!to || shape.length !== 2) throw node.unsupported('it needs a matrix of a supported element type');
  const diagonal = node.int('k', 0);
  return constant(node, into, to, [rows, columns], (i) => ((i % columns) - Math.floor(i / columns) === diagonal ? 1 : 0));
}

/** Where the value is not zero, as coordinates: [rank, how many]. */
function nonZero(node: OnnxNode, into: Import): ReturnType<Importer> {
  const { shape } = node.input(0);
  const cells = into.numbers(node.input(0)).flatMap((value, i) => (value === 0 ? [] : [i]));
  const coordinate = (cell: number, axis: number): number => Math.floor(cell / sizeOf(shape.slice(axis + 1))) % (shape[axis] as number);
  const count = Math.max(1, cells.length);
  return constant(node, into, 'int64', [shape.length, cells.length], (i) => coordinate(cells[i % count] as number, Math.floor(i / count)));
}

/** Values that are known when the model is imported. */
export const constantOps: Importers = {
  Constant: (node, into) => {
    const form = Object.keys(forms).find((name) => node.has(name));
    const write = form === undefined ? undefined : forms[form];
    if (!write) throw node.unsupported('it has no value that is a dense tensor of numbers');
    return write(node, into);
  },
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  NonZero: nonZero,
};
