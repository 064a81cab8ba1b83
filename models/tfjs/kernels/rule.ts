import type { Value } from '../../../src/graph/ir.ts';
import type { Recorder } from '../recorder.ts';

/**
 * What one TF.js kernel is in the IR. `inputs` are the kernel's tensors under TF.js's names, `attributes` its attributes.
 * At least one input depends on the model's input; the others may be constants. Typed `never` so that each rule can
 * state its own.
 */
export type Rule = (r: Recorder, inputs: never, attributes: never) => Value | readonly Value[];

export type Rules = Readonly<Record<string, Rule>>;
