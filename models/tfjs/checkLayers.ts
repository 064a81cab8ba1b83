import * as v from 'valibot';
import { UserError } from '../../src/core/errors.ts';

const call = v.array(v.looseTuple([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))]));
const named = v.looseObject({ name: v.string() });

/** A layer's call: it waits for the outputs of others, each the result of a layer's nth call. */
interface Call {
  readonly layer: string;
  readonly inputs: readonly { readonly layer: string; readonly nth: number }[];
}

/**
 * Refuses a model whose layers wait for each other or for one that is not there: TF.js would wait too, for ever.
 * Models within the model are looked through as well.
 */
export function checkLayers(file: string, topology: unknown): void {
  const layers = layersOf(topology);
  for (const layer of layers) checkLayers(file, layer);
  // Sequential models name no inputs.
  const calling = layers.filter((layer) => callsOf(layer) !== undefined);
  if (calling.length === 0) return;
  const made = new Map<string, number>();
  for (const layer of layers) {
    const { name } = checked(file, named, layer, 'a layer with a name');
    if (made.has(name)) throw new UserError(`${file}: expected every layer's name once, found ${name} again`);
    made.set(name, startsCalled(layer) ? 1 : 0);
  }
  const stuck = callAll(made, calling.flatMap((layer) => readCalls(file, layer)));
  if (!stuck) return;
  const missing = stuck.inputs.find(({ layer }) => !made.has(layer));
  const why = missing ? `takes ${missing.layer}, which the model does not have` : `waits for ${stuck.inputs.map(({ layer }) => layer).join(', ')}, which never comes`;
  throw new UserError(`${file}: layer ${stuck.layer} ${why}`);
}

/** Makes every call whose inputs are there until none is left; the first that never can be made. */
function callAll(made: Map<string, number>, calls: readonly Call[]): Call | undefined {
  const ready = ({ inputs }: Call): boolean => inputs.every(({ layer, nth }) => nth < (made.get(layer) ?? 0));
  for (let waiting = calls; waiting.length > 0; ) {
    const left = waiting.filter((one) => {
      if (!ready(one)) return true;
      made.set(one.layer, (made.get(one.layer) ?? 0) + 1);
      return false;
    });
    if (left.length === waiting.length) return left[0];
    waiting = left;
  }
  return undefined;
}

function readCalls(file: string, layer: unknown): Call[] {
  const { name } = layer as { name: string };
  const calls = checked(file, v.array(call), callsOf(layer), `layer ${name} with inputs such as [["dense", 0, 0]]`);
  return calls.map((inputs) => ({ layer: name, inputs: inputs.map(([other, nth]) => ({ layer: other, nth })) }));
}

function checked<Schema extends v.GenericSchema>(file: string, schema: Schema, value: unknown, expected: string): v.InferOutput<Schema> {
  const { success, output } = v.safeParse(schema, value);
  if (success) return output;
  throw new UserError(`${file}: expected ${expected}, found ${(JSON.stringify(value) ?? 'none').slice(0, 80)}`);
}

/** Inputs have a value, and models are called on their own inputs, before any other layer is. */
function startsCalled(layer: unknown): boolean {
  return field(layer, 'class_name', 'className') === 'InputLayer' || layersOf(layer).length > 0;
}

/** Of a model as it stands in a file or in another model. */
function layersOf(model: unknown): readonly unknown[] {
  const config = field(field(model, 'model_config', 'modelConfig') ?? model, 'config');
  const layers = Array.isArray(config) ? config : field(config, 'layers');
  return Array.isArray(layers) ? layers : [];
}

const callsOf = (layer: unknown): unknown => field(layer, 'inbound_nodes', 'inboundNodes');

/** Keras writes names with underscores; TF.js takes both. */
function field(value: unknown, ...names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = names.find((one) => Object.hasOwn(value, one));
  return name === undefined ? undefined : (value as Record<string, unknown>)[name];
}
