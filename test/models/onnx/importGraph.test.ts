import { describe, expect, test } from 'vitest';
import { importGraph } from '../../../models/onnx/importGraph.ts';
import { known } from '../../../models/onnx/known.ts';
import { UserError } from '../../../src/core/errors.ts';
import { evaluate } from '../../../src/engine/evaluate.ts';
import { forwardGraph, gradientGraph } from '../../../src/graph/prepare.ts';
import { Graph, Untraceable, type Value } from '../../../src/graph/ir.ts';
import { float, OnnxFile, onnxFunction, onnxNode, tensor } from '../../support/onnxFile.ts';

const shape = [2, 3];
const x = Float32Array.of(1, -2, 3, -4, 5, -6);

function imported(file: OnnxFile): { graph: Graph; values: Map<string, Value> } {
  const { graph: proto, functions } = file.model();
  const graph = new Graph();
  const inputs = new Map([['x', graph.input('x', shape)]]);
  return { graph, values: importGraph(proto!, graph, { batch: 2, opsets: new Map([['', file.opset]]), inputs, functions }) };
}

async function run(file: OnnxFile): Promise<number[]> {
  const { graph, values } = imported(file);
  graph.output('y', values.get('y')!);
  return Array.from((await evaluate(graph, { x })).get('y')!.data as Float32Array);
}

function refusal(file: OnnxFile): string {
  try {
    imported(file);
  } catch (error) {
    expect([Untraceable, UserError]).toContain((error as Error).constructor);
    return (error as Error).message;
  }
  return 'imported';
}

const domain = 'own';
/** y = scale · x, where the caller says the scale or leaves it. */
const scaled = onnxFunction('Scaled', domain, {
  inputs: ['a', 'shift'],
  outputs: ['b'],
  nodes: [onnxNode('Constant', [], ['by'], { value_float: '@scale' }), onnxNode('Mul', ['a', 'by'], ['b'])],
  defaults: { scale: float(10) },
});

describe('a function of the model', () => {
  test('stands for its nodes, with the attributes of its caller or its own', async () => {
    const file = new OnnxFile();
    file.function(scaled);
    const default10 = file.node('Scaled', ['x'], {}, { domain });
    file.node('Scaled', [default10, ''], { scale: float(0.5) }, { domain, outputs: ['y'] });
    expect(await run(file)).toEqual(Array.from(x, (value) => 5 * value));
  });

  test('may call others, and its names are its own', async () => {
    const file = new OnnxFile();
    file.function(scaled);
    const nodes = [onnxNode('Scaled', ['q'], ['x'], { scale: float(2) }, domain), onnxNode('Add', ['x', 'q'], ['z'])];
    file.function(onnxFunction('Tripled', domain, { inputs: ['q'], outputs: ['z'], nodes }));
    file.node('Tripled', ['x'], {}, { domain, outputs: ['z'] });
    file.node('Sub', ['z', 'x'], {}, { outputs: ['y'] });
    expect(await run(file)).toEqual(Array.from(x, (value) => 2 * value));
  });

  test('that calls itself is refused', () => {
    const file = new OnnxFile();
    file.function(onnxFunction('Loop', domain, { inputs: ['a'], outputs: ['b'], nodes: [onnxNode('Loop', ['a'], ['b'], {}, domain)] }));
    file.node('Loop', ['x'], {}, { domain, outputs: ['y'] });
    expect(refusal(file)).toBe("Loop: node '/Loop_b': functions and branches are nested more than 64 deep");
  });

  test('that calls the next one twice, 30 times over, is refused', () => {
    const file = new OnnxFile();
    for (let i = 0; i < 30; i++) {
      const nodes = [onnxNode(`F${i + 1}`, ['a'], ['b'], {}, domain), onnxNode(`F${i + 1}`, ['b'], ['c'], {}, domain)];
      file.function(onnxFunction(`F${i}`, domain, { inputs: ['a'], outputs: ['c'], nodes }));
    }
    file.function(onnxFunction('F30', domain, { inputs: ['a'], outputs: ['b'], nodes: [onnxNode('Identity', ['a'], ['b'])] }));
    file.node('F0', ['x'], {}, { domain, outputs: ['y'] });
    expect(refusal(file)).toMatch(/the model has more than 262144 nodes, its functions written out$/);
  });
});

/** A branch that adds a number to x, which it sees around it. */
function branch(add: number, name: string): OnnxFile {
  const inside = new OnnxFile();
  inside.initializer(tensor([add], [1]), `by_${name}`);
  inside.node('Add', ['x', `by_${name}`], {}, { outputs: [name] });
  inside.output(name);
  return inside;
}

function choosing(condition: (file: OnnxFile) => string): OnnxFile {
  const file = new OnnxFile();
  const [then_branch, else_branch] = [branch(100, 'yes').graph(), branch(200, 'no').graph()];
  file.node('If', [condition(file)], { then_branch, else_branch }, { outputs: ['y'] });
  return file;
}

describe('a branch', () => {
  test.each([
    [3, 100],
    [4, 200],
  ])('is chosen by what is known of the shape: %d columns add %d', async (columns, add) => {
    const file = choosing((net) => net.node('Equal', [net.node('Gather', [net.node('Shape', ['x']), net.ints(1)]), net.ints(columns)]));
    expect(await run(file)).toEqual(Array.from(x, (value) => value + add));
  });

  test('that depends on the example is refused, by name', () => {
    const file = choosing((net) => net.node('Greater', [net.node('ReduceMax', ['x'], { keepdims: 0 }), net.weights([0], [])]));
    expect(refusal(file)).toBe("If: node '/If_y': it needs to know what Greater makes before the model runs");
  });
});

describe('what cannot be imported is refused in one line that names the node', () => {
  const rows: Readonly<Record<string, [write: (file: OnnxFile) => void, line: string]>> = {
    'an unknown op': [(file) => file.node('Frobnicate', ['x'], {}, { outputs: ['y'] }), "Frobnicate: node '/Frobnicate_y': breakwater does not know this op"],
    'an op of an unknown domain': [
      (file) => file.node('Relu', ['x'], {}, { outputs: ['y'], domain: 'com.example' }),
      "com.example.Relu: node '/Relu_y': breakwater does not know this op",
    ],
    'a value that nothing makes': [(file) => file.node('Relu', ['z'], {}, { outputs: ['y'] }), "Relu: node '/Relu_y': 'z' is made by no node before it"],
    'nodes in a circle': [
      (file) => {
        file.node('Add', ['x', 'b'], {}, { outputs: ['a'] });
        file.node('Relu', ['a'], {}, { outputs: ['b'] });
      },
      "Add: node '/Add_a': 'b' is made by no node before it",
    ],
    'shapes that do not meet': [
      (file) => file.node('Add', ['x', file.weights([1, 2])], {}, { outputs: ['y'] }),
      "Add: node '/Add_y': Add of [2, 3] [2] {}: shapes [2, 3] and [2] do not broadcast",
    ],
    'a missing input': [(file) => file.node('Reshape', ['x'], {}, { outputs: ['y'] }), "Reshape: node '/Reshape_y': it has no shape"],
    'a shape that divides by zero': [
      (file) => file.node('Reshape', ['x', file.node('Div', [file.node('Shape', ['x']), file.ints([0])])], {}, { outputs: ['y'] }),
      "Reshape: node '/Reshape_y': it needs to know what Div makes before the model runs",
    ],
    'an absurd size': [
      (file) => file.node('Expand', ['x', file.ints([2 ** 40, 1, 1])], {}, { outputs: ['y'] }),
      "Expand '/Expand_y': expected at most 1 GB in one value, found [1099511627776, 2, 3]",
    ],
    'an absurd range': [
      (file) => file.node('Range', [file.ints(0), file.ints(2 ** 40), file.ints(1)], {}, { outputs: ['y'] }),
      "Range '/Range_y': expected at most 1 GB in one value, found [1099511627776]",
    ],
    'an index outside': [
      (file) => file.node('Gather', ['x', file.ints([3])], { axis: 1 }, { outputs: ['y'] }),
      "Gather: node '/Gather_y': an index is outside an axis of 3",
    ],
    'a range without an end': [
      (file) => file.node('Range', [file.ints(0), file.ints(5), file.ints(0)], {}, { outputs: ['y'] }),
      "Range: node '/Range_y': it goes from 0 to 5 by 0",
    ],
    'a negative size': [
      (file) => file.node('Tile', ['x', file.ints([1, -1])], {}, { outputs: ['y'] }),
      "Tile: node '/Tile_y': Tile of [2, 3] {\"repeats\":[1,-1]}: its result would be [2, -3]",
    ],
    'a loop': [
      (file) => file.node('Loop', [file.ints(3), '', 'x'], { body: branch(1, 'z').graph() }, { outputs: ['y'] }),
      "Loop: node '/Loop_y': breakwater does not know this op",
    ],
  };
  test.each(Object.entries(rows))('%s', (_, [write, line]) => {
    const file = new OnnxFile();
    write(file);
    expect(refusal(file)).toBe(line);
  });
});

/** Far beyond what recursion survives. */
const depth = 12_000;

describe(`${depth} nodes in a chain`, () => {
  const chain = (file: OnnxFile, from: string, other: string): string => {
    let value = from;
    for (let i = 0; i < depth; i++) value = file.node('Add', [value, other], {}, { outputs: [`v${i}`] });
    return value;
  };

  test('are followed to a shape', () => {
    const file = new OnnxFile();
    const end = chain(file, file.node('Shape', ['x']), file.ints([1, 2]));
    expect(Array.from(known(imported(file).values.get(end)!) as BigInt64Array)).toEqual([BigInt(depth + 2), BigInt(2 * depth + 3)]);
  });

  test('are prepared and differentiated', async () => {
    const file = new OnnxFile();
    const end = chain(file, 'x', file.weights([0.5]));
    const { graph, values } = imported(file);
    graph.output('logits', values.get(end)!);
    expect((await forwardGraph(graph, evaluate)).nodes.length).toBe(depth + 2);
    expect((await gradientGraph(graph, evaluate)).outputs.get('gradient')?.shape).toEqual(shape);
  }, 60_000);
});
