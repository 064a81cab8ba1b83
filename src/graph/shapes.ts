import { Untraceable, type Attributes, type DType, type Value } from './ir.ts';
import type { Shape } from './broadcast.ts';
import { arrangeShapes } from './shapes/arrange.ts';
import { elementwiseShapes } from './shapes/elementwise.ts';
import { matmulShapes } from './shapes/matmul.ts';
import { quantizationShapes } from './shapes/quantization.ts';
import { normalizeShapes } from './shapes/normalize.ts';
import { reduceShapes } from './shapes/reduce.ts';
import { windowShapes } from './shapes/window.ts';

export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What the outputs of an op look like, given its attributes and inputs. */
export type Infer = (attributes: Attributes, ...inputs: Value[]) => readonly Typed[];

/**
 * Every op of the IR. ONNX's names, attributes and defaults (opset 17), except what ONNX takes as extra inputs, which
 * are attributes here:
 *
 * Reshape, Expand `shape` · Slice `starts ends axes steps` · Pad `pads mode value` · Tile `repeats` · Split `axis split`
 * · Reduce* `axes keepdims` · CumSum `axis exclusive reverse` · Clip `min max`, `rectifies`: 1 for a ReLU with a maximum · Resize `sizes mode
 * coordinate_transformation_mode nearest_mode` · TopK `k axis largest` · OneHot `depth axis values` (off, on)
 * · MaxUnpool `output_shape` · MaxPool `indices`: 1 for its second output · Cast `to` (a DType) · all windows
 * `kernel_shape strides pads dilations group`, pads explicit.
 */
const inference: Readonly<Record<string, Infer>> = {
  ...elementwiseShapes,
  ...matmulShapes,
  ...windowShapes,
  ...reduceShapes,
  ...normalizeShapes,
  ...arrangeShapes,
  ...quantizationShapes,
};

/** The ops that a graph can hold, besides its leaves. */
export const ops: readonly string[] = Object.keys(inference);

export function inferOutputs(
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
): readonly Typed[] {
  const infer = Object.hasOwn(inference, op) ? inference[op] : undefined;
  if (!infer) throw new Untraceable(op, 'no such op in the graph');
  const given = inputs.filter((input) => input !== undefined);
  try {
    return infer(attributes, ...given).map(checked);
  } catch (cause) {
    const shapes = given.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
    throw new Error(`${op} of ${shapes} ${JSON.stringify(attributes)}: ${(cause as Error).message}`, { cause });
  }
}

/** Attributes come from files: a list too short, or a repeat of −1, shows in the shape. */
function checked(typed: Typed): Typed {
  if (typed.shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return typed;
  throw new Error(`its result would be [${typed.shape.join(', ')}]`);
}
