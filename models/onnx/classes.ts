import { UserError } from '../../src/core/errors.ts';
import type { FileInput } from './inputs.ts';
import { candidates, chosen, isTappable } from './outputs.ts';
import { outputShapes } from './outputShapes.ts';
import { withPlainEnds } from './plainEnds.ts';
import type { OnnxFile } from './readModel.ts';

/** What the file's answer is. */
export interface Classes {
  /** The value that holds the logits, or what comes closest to them. */
  readonly scores: string;
  /** Values for each example. */
  readonly units: number;
  /** The activation that was taken from the end. */
  readonly tap?: string;
  /** Rows that the file takes at once; absent where any number will do. */
  readonly rows?: number;
  /** Which output it is, where there are several that could be, or the user named it. */
  readonly output?: string;
}

export interface Question {
  readonly input: FileInput;
  /** Version of the default operator set. */
  readonly opset: number;
  /** The output that the user named. */
  readonly wanted: string | undefined;
}

/** More is a mistake in the file, and would not fit into memory. */
const mostClasses = 2 ** 20;

/** Which output is the classifier's, how many classes it has and where its logits are, found out by running it once. */
export async function classesOf({ path, model, graph }: OnnxFile, { input, opset, wanted }: Question): Promise<Classes> {
  const possible = candidates(graph, opset);
  const { output, scores, tap } = chosen(path, graph, possible, wanted);
  const asked = withPlainEnds(model, graph, input, [scores, ...(tap ? [tap.logits] : [])]);
  const shapes = (rows: number) => outputShapes(path, asked, [rows, ...input.shape]);
  const { rows, found: [shape = [], logits = []], free } = await ask(shapes, input.rows);
  const units = unitsOf(path, shape, rows);
  const tapped = tap && isTappable(tap, logits, rows, units) ? tap : undefined;
  if (units === 1 && tapped?.normaliser !== 'sigmoid')
    throw new UserError(`${path}: the model has one output that is no sigmoid (a regression?); expected a classifier`);
  if (units > mostClasses) throw new UserError(`${path}: expected at most ${mostClasses} classes, found ${units}`);
  const picked = wanted !== undefined || possible.length > 1;
  return { scores: tapped?.logits ?? scores, units, ...(tapped && { tap: tapped.normaliser }), ...(!free && { rows }), ...(picked && { output }) };
}

/** With as many rows as the file states; else with two, or with one where that is all it can take. */
async function ask(shapes: (rows: number) => ReturnType<typeof outputShapes>, stated: number | undefined) {
  if (stated !== undefined) return { rows: stated, found: await shapes(stated), free: false };
  try {
    const found = await shapes(2);
    if (found[0]?.[0] === 2) return { rows: 2, found, free: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return { rows: 1, found: await shapes(1), free: false };
}

/** [rows, classes], with any axes of 1; one row may do without the batch. */
function unitsOf(path: string, shape: readonly number[], rows: number): number {
  const [first, ...rest] = shape;
  const axes = first === rows ? rest : rows === 1 ? shape : undefined;
  const wide = axes?.filter((n) => n !== 1) ?? [];
  if (axes && wide.length <= 1) return wide[0] ?? 1;
  throw new UserError(`${path}: expected an output [batch, classes], found [${shape.join(', ')}] for ${rows} example${rows === 1 ? '' : 's'}`);
}
