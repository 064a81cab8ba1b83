import { arithmeticEvaluators } from './arithmetic.ts';
import { arrangeEvaluators } from './arrange.ts';
import type { Evaluators } from './evaluator.ts';

/** How the IR's ops act on known numbers: those that shapes, axes and indices are computed with. */
export const evaluators: Evaluators = { ...arrangeEvaluators, ...arithmeticEvaluators };
