import { toBinary } from '@bufbuild/protobuf';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { readModel } from '../../../models/onnx/readModel.ts';
import { UserError } from '../../../src/core/errors.ts';
import { ModelProtoSchema, TensorProto_DataLocation, type GraphProto, type ModelProto } from '../../../src/graph/proto/onnx_pb.ts';
import { OnnxFile, onnxNode } from '../../support/onnxFile.ts';

const root = mkdtempSync(join(tmpdir(), 'breakwater-onnx-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = root;
let made = 0;
beforeEach(() => mkdirSync((folder = join(root, `${made++}`))));

/** The line that a file is refused with. */
async function lineOf(bytes: Uint8Array, name = 'model.onnx'): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const error: unknown = await openModel(path).then(() => 'it was taken', (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).not.toMatch(/\n/);
  return (error as UserError).message.replaceAll(`${folder}/`, '');
}

/** x [N, 2] times a matrix [2, 3]. */
function dense(): ModelProto {
  const file = new OnnxFile(17);
  file.output(file.node('MatMul', [file.input('x', ['N', 2]), file.weights([1, 2, 3, 4, 5, 6], [2, 3])]));
  return file.model();
}

const encoded = (model: ModelProto): Uint8Array => toBinary(ModelProtoSchema, model);

/** The matrix in another file, as `entries` say. */
function outside(entries: Readonly<Record<string, string>>): Uint8Array {
  const model = dense();
  const [weight] = model.graph!.initializer;
  weight!.rawData = new Uint8Array();
  weight!.dataLocation = TensorProto_DataLocation.EXTERNAL;
  weight!.externalData = Object.entries(entries).map(([key, value]) => ({ $typeName: 'onnx.StringStringEntryProto', key, value }));
  return encoded(model);
}

const bytes = new Uint8Array(Float32Array.of(9, 9, 1, 2, 3, 4, 5, 6).buffer);

describe('data beside the model', () => {
  test.each([
    ['a whole file', { location: 'weights.bin' }, bytes.subarray(8)],
    ['a part of a file', { location: './weights.bin', offset: '8', length: '24' }, bytes],
  ])('is read: %s', async (_, entries, content) => {
    writeFileSync(join(folder, 'weights.bin'), content);
    writeFileSync(join(folder, 'model.onnx'), outside(entries));
    writeFileSync(join(folder, 'whole.onnx'), encoded(dense()));
    const [one, other] = [await readModel(join(folder, 'model.onnx')), await readModel(join(folder, 'whole.onnx'))];
    expect(one.graph.initializer[0]!.rawData).toEqual(other.graph.initializer[0]!.rawData);
    const model = await openModel(join(folder, 'model.onnx'));
    expect((await model.trace(1)).nodes.find(({ op }) => op === 'Constant')?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    writeFileSync(join(folder, 'weights.bin'), content.map((byte, i) => (i === content.length - 2 ? byte + 1 : byte)));
    expect((await openModel(join(folder, 'model.onnx'))).sha256).not.toBe(model.sha256);
  });

  test.each([
    ['above', { location: '../weights.bin' }, "model.onnx: external data '../weights.bin' lies outside the model's folder"],
    ['from the root', { location: '/etc/hostname' }, "model.onnx: external data '/etc/hostname' lies outside the model's folder"],
    ['at the end of a link', { location: 'link' }, "model.onnx: external data 'link' lies outside the model's folder"],
    ['not there', { location: 'gone.bin' }, 'model.onnx: external data gone.bin cannot be read (ENOENT)'],
    ['a folder', { location: 'inner' }, "model.onnx: external data 'inner' is no file"],
    ['without a name', {}, "model.onnx: tensor 'weight_0' in another file: it names no file"],
    ['too short', { location: 'weights.bin', offset: '12' }, "model.onnx: external data 'weights.bin' is too short: expected 24 bytes from 12, found 32 in all"],
    ['of another length', { location: 'weights.bin', length: '8' }, "model.onnx: tensor 'weight_0' in another file: expected 24 bytes for 6 of float, found a length of 8"],
    ['at no number', { location: 'weights.bin', offset: '-8' }, "model.onnx: tensor 'weight_0' in another file: expected offset to be a whole number, found '-8'"],
  ])('is refused: %s', async (_, entries, line) => {
    writeFileSync(join(folder, 'weights.bin'), bytes);
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(root, 'weights.bin'), bytes);
    symlinkSync(join(root, 'weights.bin'), join(folder, 'link'));
    expect(await lineOf(outside(entries as Record<string, string>))).toBe(line);
  });

  test('of gigabytes by its shape is refused before anything of that size is there', async () => {
    const model = dense();
    const [weight] = model.graph!.initializer;
    Object.assign(weight!, { rawData: new Uint8Array(), dims: [2n ** 20n, 2n ** 10n], dataLocation: TensorProto_DataLocation.EXTERNAL });
    weight!.externalData = [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: 'weights.bin' }];
    expect(await lineOf(encoded(model))).toBe('model.onnx: expected at most 2 GB, which is what ONNX Runtime takes as one model, found 4.0 GB in other files');
  });
});

test('a file of more than 2 GB is refused by its size', async () => {
  const path = join(folder, 'large.onnx');
  const opened = openSync(path, 'w');
  ftruncateSync(opened, 2 ** 31 + 1);
  closeSync(opened);
  await expect(openModel(path)).rejects.toThrow("large.onnx: expected at most 2 GB, which is protobuf's limit, found 2.0 GB");
});

/** `depth` branches, each inside the other. */
function nested(depth: number): GraphProto {
  const inner = new OnnxFile(17);
  inner.output(depth === 0 ? inner.node('Identity', ['x']) : inner.node('If', ['x'], { then_branch: nested(depth - 1) }));
  return inner.graph();
}

/** The dense net, its graph changed. */
function changed(change: (graph: GraphProto) => void): Uint8Array {
  const model = dense();
  change(model.graph!);
  return encoded(model);
}

describe('what is no model', () => {
  test.each<[string, () => Uint8Array, string | RegExp]>([
    ['nothing', () => new Uint8Array(), 'model.onnx: not an ONNX model: it holds no graph'],
    ['text', () => new TextEncoder().encode('<html>no model</html>'), /^model\.onnx: not an ONNX model: /],
    ['half a model', () => encoded(dense()).subarray(0, 60), /^model\.onnx: not an ONNX model: /],
    ['no operator set', () => encoded(Object.assign(dense(), { opsetImport: [] })), 'model.onnx: not an ONNX model: it names no operator set'],
    ['graphs in graphs without end', () => changed((graph) => graph.node.push(onnxNode('If', ['x'], ['deep'], { then_branch: nested(60) }))), /^model\.onnx: not an ONNX model: .*maximum recursion depth/],
    [
      'a circle',
      () => changed(({ node }) => node.push(onnxNode('Add', ['x', 'b'], ['a']), onnxNode('Add', ['x', 'a'], ['b']))),
      "model.onnx: Add '/Add_a' takes 'b', which nothing before it in graph 'graph' makes (nodes in a circle, or out of order?)",
    ],
    ['a value made twice', () => changed(({ node }) => node.push(node[0]!)), "model.onnx: MatMul '/MatMul_matmul_0' makes 'matmul_0', which is made before it in graph 'graph' already"],
    ['an output of nothing', () => changed(({ output }) => void (output[0]!.name = 'gone')), "model.onnx: no node makes the output 'gone'"],
    ['a negative size', () => changed(({ initializer }) => void (initializer[0]!.dims = [-2n, -3n])), "model.onnx: tensor 'weight_0': expected no negative size, found [-2, -3]"],
    ['a size without data', () => changed(({ initializer }) => void (initializer[0]!.dims = [2n, 300n])), "model.onnx: tensor 'weight_0': expected 2400 bytes for float [2, 300], found 24"],
    ['a size past all numbers', () => changed(({ initializer }) => void (initializer[0]!.dims = [2n ** 62n, 2n ** 62n])), /^model\.onnx: tensor 'weight_0': expected at most 2 GB/],
    ['an unknown element type', () => changed(({ initializer }) => void (initializer[0]!.dataType = 99)), "model.onnx: tensor 'weight_0': expected an element type of ONNX, found type 99"],
    ['an input of no shape', () => changed(({ input }) => void delete input[0]!.type), "model.onnx: expected a float32, float16 or float64 input, found no tensor 'x'"],
  ])('%s: one line', async (_, file, line) => {
    const found = await lineOf(file());
    if (typeof line === 'string') expect(found).toBe(line);
    else expect(found).toMatch(line);
  });

  test('a hundred thousand nodes one after the other are no depth', async () => {
    const file = new OnnxFile(17);
    let value = file.input('x', ['N', 2]);
    for (let i = 0; i < 100_000; i++) value = file.node('Identity', [value]);
    file.output(file.node('MatMul', [value, file.weights([1, 2, 3, 4], [2, 2])]));
    writeFileSync(join(folder, 'model.onnx'), file.bytes());
    const { graph } = await readModel(join(folder, 'model.onnx'));
    expect(graph.node).toHaveLength(100_001);
  });
});
