import type { Comparison } from '../core/comparison.ts';
import { aligned } from './aligned.ts';
import { accuracyCells, classCells, curvesCells } from './comparisonCells.ts';
import type { Paint } from './paint.ts';
import { painted } from './painted.ts';

/** The comparison's tables for a terminal: figures, curves, classes; without those that have nothing to show. */
export function comparisonTables(comparison: Comparison, paint: Paint): string[] {
  const shown = [accuracyCells, curvesCells, classCells].map((cells) => cells(comparison));
  return shown.filter((cells) => cells.length > 0).map((cells) => aligned(painted(cells, paint)));
}
