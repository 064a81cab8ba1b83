import { fromBinary, toBinary, type DescMessage } from '@bufbuild/protobuf';
import type { Random } from '../../src/core/random.ts';
import { ModelProtoSchema, type ModelProto, type NodeProto } from '../../src/graph/proto/onnx_pb.ts';
import { tensorsOf } from '../../models/onnx/walk.ts';
import { pick, type Mutation } from './mutations.ts';

/** A tag, a length or a number of the file, as protobuf writes them: a varint. */
interface Varint {
  readonly at: number;
  readonly bytes: number;
  readonly value: bigint;
}

const notable = [0n, 1n, 2n, 3n, 7n, 8n, 17n, 127n, 128n, 255n, 65_536n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** A tag or length anywhere in the file, however deep; or what the model says of sizes, places, types and the way through it. */
export const spoilOnnx: Mutation = (bytes, random) => (random.uniform() < 0.5 ? spoilVarint(bytes, random) : spoilModel(bytes, random));

function spoilVarint(bytes: Buffer, random: Random): Buffer {
  const { at, bytes: width, value } = pick(random, varintsOf(bytes, 0, bytes.length, ModelProtoSchema));
  const put = pick(random, [...notable, value + 1n, value > 0n ? value - 1n : 5n, value * 2n, value + 8n]);
  return Buffer.concat([bytes.subarray(0, at), varint(BigInt.asUintN(64, put)), bytes.subarray(at + width)]);
}

/** Tags, lengths and numbers of a message and of those inside it. */
function varintsOf(bytes: Buffer, from: number, end: number, schema: DescMessage): Varint[] {
  const found: Varint[] = [];
  for (let at = from; at < end; ) {
    const tag = read(bytes, at);
    found.push(tag);
    at += tag.bytes;
    const wire = Number(tag.value & 7n);
    if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    if (wire !== 0 && wire !== 2) continue;
    const number = read(bytes, at);
    found.push(number);
    at += number.bytes;
    if (wire === 0) continue;
    const field = schema.fields.find((one) => one.number === Number(tag.value >> 3n));
    const inner = field?.message;
    if (inner) found.push(...varintsOf(bytes, at, at + Number(number.value), inner));
    at += Number(number.value);
  }
  return found;
}

function read(bytes: Buffer, at: number): Varint {
  let value = 0n;
  for (let i = 0; ; i++) {
    const byte = BigInt(bytes[at + i] ?? 0);
    value |= (byte & 127n) << BigInt(7 * i);
    if (byte < 128n) return { at, bytes: i + 1, value };
  }
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

function spoilModel(bytes: Buffer, random: Random): Buffer {
  const model = fromBinary(ModelProtoSchema, bytes);
  pick(random, changes)(model, random);
  return Buffer.from(toBinary(ModelProtoSchema, model));
}

type Change = (model: ModelProto, random: Random) => void;

const sizes = [0n, 1n, 2n, 3n, -1n, -2n, 7n, 64n, 65_536n, 2n ** 28n, 2n ** 31n, 2n ** 40n, 2n ** 62n];
const texts = ['', 'x', '-1', '1e9', '18446744073709551616', '../weights.bin', '/etc/hostname', '.', 'weights.bin\0', 'Conv', 'Reshape', 'Loop', 'ai.onnx.ml', 'com.microsoft', 'y'.repeat(2_000)];

const nodeOf = (model: ModelProto, random: Random): NodeProto => pick(random, model.graph!.node);
/** Every name a value goes by. */
const names = ({ graph }: ModelProto): string[] => ['', 'gone', ...graph!.node.flatMap(({ input, output }) => [...input, ...output])];

const dims: Change = (model, random) => {
  const tensors = [...tensorsOf(model)];
  if (tensors.length === 0) return attribute(model, random);
  const tensor = pick(random, tensors);
  if (random.uniform() < 0.2 || tensor.dims.length === 0) tensor.dims.push(pick(random, sizes));
  else tensor.dims[random.integer(tensor.dims.length)] = pick(random, sizes);
};

const elementType: Change = (model, random) => {
  const tensors = [...tensorsOf(model)];
  if (tensors.length === 0) return shape(model, random);
  pick(random, tensors).dataType = random.integer(30);
};

/** Where other files' data lie, if the model has any. */
const place: Change = (model, random) => {
  const entries = [...tensorsOf(model)].flatMap(({ externalData }) => externalData);
  if (entries.length === 0) return dims(model, random);
  const entry = pick(random, entries);
  const near = String(Number(entry.value) + pick(random, [-8, -1, 1, 8, 4096]));
  entry[random.uniform() < 0.1 ? 'key' : 'value'] = pick(random, [near, near, ...texts]);
};

const shape: Change = (model, random) => {
  const { type } = pick(random, [...model.graph!.input, ...model.graph!.output]);
  if (type?.value.case !== 'tensorType') return wiring(model, random);
  const { value } = type.value;
  if (random.uniform() < 0.2) value.elemType = random.integer(24);
  else if (value.shape && value.shape.dim.length > 0) pick(random, value.shape.dim).value = { case: 'dimValue', value: pick(random, sizes) };
};

const attribute: Change = (model, random) => {
  const found = model.graph!.node.flatMap((node) => node.attribute);
  if (found.length === 0) return wiring(model, random);
  const one = pick(random, found);
  if (one.ints.length > 0 && random.uniform() < 0.7) one.ints[random.integer(one.ints.length)] = pick(random, sizes);
  else if (one.ints.length > 0) one.ints.push(pick(random, sizes));
  else if (random.uniform() < 0.2) one.name = pick(random, [...texts, 'axis', 'pads']);
  else [one.i, one.f] = [pick(random, sizes), pick(random, [NaN, -1, 0, 3e38])];
};

const wiring: Change = (model, random) => {
  const node = nodeOf(model, random);
  const list = random.uniform() < 0.7 ? node.input : node.output;
  if (random.uniform() < 0.2) list.push(pick(random, names(model)));
  else list[random.integer(list.length)] = pick(random, names(model));
};

const operator: Change = (model, random) => {
  const node = nodeOf(model, random);
  if (random.uniform() < 0.2) node.domain = pick(random, texts);
  else node.opType = pick(random, [...texts, 'MatMul', 'Softmax', 'Flatten', 'MaxPool', 'Expand', 'ConstantOfShape', 'Tile', 'Range', 'Gather', 'Resize', 'Pad', 'Split', 'If']);
};

const order: Change = (model, random) => {
  const { node } = model.graph!;
  node.splice(random.integer(node.length), 0, ...node.splice(random.integer(node.length), 1 + random.integer(2)));
};

const version: Change = (model, random) => {
  if (random.uniform() < 0.3) model.irVersion = pick(random, sizes);
  else pick(random, model.opsetImport).version = pick(random, [...sizes, 6n, 9n, 12n, 18n, 23n, 99n]);
};

/** Sizes and places most often. */
const changes: readonly Change[] = [dims, dims, dims, place, place, place, shape, shape, elementType, attribute, attribute, wiring, wiring, operator, order, version];
