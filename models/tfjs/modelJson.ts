import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { UserError } from '../../src/core/errors.ts';

/** A model.json, parsed but not checked. */
export interface ModelJson {
  readonly text: Buffer;
  readonly json: unknown;
}

export async function readModelJson(file: string): Promise<ModelJson> {
  const text = await readFile(file);
  try {
    return { text, json: JSON.parse(text.toString('utf8')) };
  } catch (cause) {
    // Its message quotes the file, line breaks included.
    throw new UserError(`${file}: not JSON: ${(cause as Error).message.replaceAll(/\s+/g, ' ')}`, { cause });
  }
}

/** By what it says, or by what it holds: older converters write no format. */
export function isGraphModel(json: unknown): boolean {
  return v.is(graphFormat, json) || v.is(graphTopology, json);
}

const graphFormat = v.object({ format: v.literal('graph-model') });
const graphTopology = v.object({ modelTopology: v.object({ node: v.array(v.unknown()) }) });

/** The JSON as the schema has it. `what` is the format expected. */
export function checkedJson<Schema extends v.GenericSchema>(file: string, what: string, schema: Schema, json: unknown): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  const [{ path, message, received }] = issues;
  const expected = issues[0].expected ?? message;
  const where = path?.map(({ key }) => String(key)).join('.') ?? 'the file';
  const problem = received === 'undefined' ? `it has no ${where}` : `expected ${where} to be ${expected}, found ${received}`;
  throw new UserError(`${file}: not a TF.js ${what}: ${problem}`);
}
