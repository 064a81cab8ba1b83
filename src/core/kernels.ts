/**
 * A small compiler for the inner loops of attacks. A kernel is a formula over equally long float32 vectors; it becomes
 * a WebAssembly function that evaluates it for two coordinates at a time, in float64 and without branches. In
 * JavaScript the same loop takes several times as long, and most where it branches on the sign of a gradient.
 * Opcodes, types and sections: WebAssembly core specification 2.0.
 */
export interface Kernel {
  /** Number of arguments: `scalar(0)`, `scalar(1)` … */
  readonly scalars?: number;
  /** Intermediate values; each may use those before it: `local(0)`, `local(1)` … */
  readonly locals?: readonly Formula[];
  /** Sums over all coordinates. */
  readonly sums?: readonly Formula[];
  /** What overwrites one of the vectors. */
  readonly store?: { readonly vector: string; readonly value: Formula };
}

/** Vectors of one length by name, and the kernels that work on them. */
export type Workspace<Vector extends string, Name extends string> = Readonly<Record<Vector, Float32Array>> & {
  /** What the last kernel has summed. */
  readonly sums: Float64Array;
  readonly run: Readonly<Record<Name, (...scalars: number[]) => void>>;
};

/** Code that pushes a pair of float64, once it is known where things are. */
export type Formula = (place: Place) => Code;
type Code = readonly number[];

/** The numbers of a function's variables. */
interface Place {
  /** Holds the current two coordinates of a vector. */
  readonly read: (vector: string) => number;
  readonly scalar: (k: number) => number;
  readonly local: (k: number) => number;
  readonly sum: (k: number) => number;
}

const unary = (opcode: number) => (a: Formula): Formula => (place) => [...a(place), ...simd(opcode)];
const binary = (opcode: number) => (a: Formula, b: Formula): Formula => (place) => [...a(place), ...b(place), ...simd(opcode)];

export const abs = unary(0xec);
/** To float32 and back: f32x4.demote_f64x2_zero, f64x2.promote_low_f32x4. */
export const rounded = (a: Formula): Formula => (place) => [...a(place), ...simd(0x5e), ...simd(0x5f)];
export const negative = unary(0xed);
export const add = binary(0xf0);
export const sub = binary(0xf1);
export const mul = binary(0xf2);
export const equal = binary(0x47);
export const unequal = binary(0x48);
export const less = binary(0x49);
export const greater = binary(0x4a);
export const atLeast = binary(0x4c);
/** The value where the comparison holds, else 0. */
export const when = binary(0x4e);
export const least = binary(0xf6);
export const greatest = binary(0xf7);
export const clamp = (value: Formula, low: Formula, high: Formula): Formula => least(greatest(value, low), high);

export const constant = (value: number): Formula => () => [0x44, ...new Uint8Array(Float64Array.of(value).buffer), ...simd(0x14)];
export const scalar = (k: number): Formula => (place) => get(place.scalar(k));
export const local = (k: number): Formula => (place) => get(place.local(k));
/** The current two coordinates of a vector. */
export const vector = (name: string): Formula => (place) => get(place.read(name));

/** One workspace per length and thread: it is used between two yields only, so that nobody meets another's values. */
export function workspaces<Vector extends string, Name extends string>(
  names: readonly Vector[],
  kernels: Readonly<Record<Name, Kernel>>,
): (length: number) => Workspace<Vector, Name> {
  const opened = new Map<number, Workspace<Vector, Name>>();
  return (length) => {
    const known = opened.get(length);
    if (known) return known;
    const workspace = workspaceOf(names, kernels, length);
    opened.set(length, workspace);
    return workspace;
  };
}

/** Compiles kernels for vectors of `length` values. An odd length is padded with zeros, which add nothing to sums. */
export function workspaceOf<Vector extends string, Name extends string>(
  names: readonly Vector[],
  kernels: Readonly<Record<Name, Kernel>>,
  length: number,
): Workspace<Vector, Name> {
  const stride = 8 * Math.ceil(length / 2);
  const addresses = new Map<string, number>(names.map((name, k) => [name, 8 * sumsOfKernel + k * stride]));
  const address = (name: string) => addresses.get(name) ?? missing(name);
  const bytes = moduleOf(kernels, { address, stride, end: 8 * sumsOfKernel + names.length * stride });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { buffer } = exports['memory'] as { readonly buffer: ArrayBuffer };
  const vectors = Object.fromEntries(names.map((name) => [name, new Float32Array(buffer, address(name), length)]));
  return {
    ...(vectors as Record<Vector, Float32Array>),
    sums: new Float64Array(buffer, 0, sumsOfKernel),
    run: exports as Workspace<Vector, Name>['run'],
  };
}

/** Room for the sums of one kernel, at address 0. */
const sumsOfKernel = 8;

function missing(name: string): never {
  throw new Error(`a kernel uses a vector '${name}' that the workspace does not have`);
}

interface Memory {
  readonly address: (vector: string) => number;
  /** Bytes of a vector. */
  readonly stride: number;
  readonly end: number;
}

function moduleOf(kernels: Readonly<Record<string, Kernel>>, memory: Memory): Uint8Array<ArrayBuffer> {
  const all = Object.values(kernels);
  const exported = Object.keys(kernels).map((name, k) => [...text(name), 0, ...unsigned(k)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, all.map(({ scalars = 0 }) => [0x60, ...list(Array<Code>(scalars).fill([type.f64])), 0])),
    ...section(3, all.map((_, k) => unsigned(k))),
    ...section(5, [[0, ...unsigned(Math.ceil(memory.end / 65536))]]),
    ...section(7, [[...text('memory'), 2, 0], ...exported]),
    ...section(10, all.map((kernel) => sized(functionOf(kernel, memory)))),
  ]);
}

/** One loop over the offset of two coordinates; scalars are doubled before it, sums added up behind it. */
function functionOf(kernel: Kernel, { address, stride }: Memory): Code {
  const { scalars = 0, locals = [], sums = [], store } = kernel;
  const used = vectorsOf(kernel);
  const offset = scalars;
  const first = 2 * scalars + 1;
  const place: Place = {
    scalar: (k) => scalars + 1 + k,
    local: (k) => first + k,
    sum: (k) => first + locals.length + k,
    read: (name) => first + locals.length + sums.length + used.indexOf(name),
  };
  const each = (count: number, code: (k: number) => Code) => Array.from({ length: count }, (_, k) => code(k)).flat();
  return [
    ...list([[1, type.i32], [...unsigned(scalars + locals.length + sums.length + used.length), type.v128]]),
    ...each(scalars, (k) => [...get(k), ...simd(0x14), ...set(place.scalar(k))]),
    ...[0x03, 0x40],
    ...used.flatMap((name) => [...loadFrom(offset, address(name)), ...set(place.read(name))]),
    ...locals.flatMap((formula, k) => [...formula(place), ...set(place.local(k))]),
    ...sums.flatMap((formula, k) => [...add(() => get(place.sum(k)), formula)(place), ...set(place.sum(k))]),
    ...(store ? storeAt(offset, address(store.vector), store.value(place)) : []),
    // offset += 8; again while offset < stride
    ...[...get(offset), 0x41, 8, 0x6a, 0x22, ...unsigned(offset), 0x41, ...signed(stride), 0x49, 0x0d, 0, 0x0b],
    // f64.store of both lanes' sum
    ...each(sums.length, (k) => [0x41, 0, ...lane(place.sum(k), 0), ...lane(place.sum(k), 1), 0xa0, 0x39, 3, ...unsigned(8 * k)]),
    0x0b,
  ];
}

/** The vectors that a kernel's formulas read: each is loaded once for a pair of coordinates. */
function vectorsOf({ locals = [], sums = [], store }: Kernel): readonly string[] {
  const used = new Set<string>();
  const nowhere = () => 0;
  const place: Place = { scalar: nowhere, local: nowhere, sum: nowhere, read: (name) => used.add(name).size };
  for (const formula of [...locals, ...sums, ...(store ? [store.value] : [])]) formula(place);
  return [...used];
}

/** v128.load64_zero, f64x2.promote_low_f32x4 */
function loadFrom(offset: number, address: number): Code {
  return [...get(offset), ...simd(0x5d), 2, ...unsigned(address), ...simd(0x5f)];
}

/** f32x4.demote_f64x2_zero, v128.store64_lane */
function storeAt(offset: number, address: number, value: Code): Code {
  return [...get(offset), ...value, ...simd(0x5e), ...simd(0x5b), 2, ...unsigned(address), 0];
}

const type = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

const get = (variable: number): Code => [0x20, ...unsigned(variable)];
const set = (variable: number): Code => [0x21, ...unsigned(variable)];
const lane = (variable: number, k: number): Code => [...get(variable), ...simd(0x21), k];

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

function section(id: number, entries: readonly Code[]): Code {
  return [id, ...sized(list(entries))];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

function text(name: string): Code {
  return sized([...new TextEncoder().encode(name)]);
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}

/** Signed LEB128 of a value ≥ 0: its last byte must not look negative. */
function signed(value: number): Code {
  return value < 64 ? [value] : [(value % 128) + 128, ...signed(Math.floor(value / 128))];
}

/** What is used of WebAssembly here; its types are not among Node's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};
