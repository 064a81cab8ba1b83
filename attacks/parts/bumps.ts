import { distances, type Norm } from '../../src/core/norms.ts';
import type { Random } from '../../src/core/random.ts';

/**
 * What Square adds to a window, arXiv:1912.00049, section 4: a bump in one half and a negative one in the other, of
 * length 1 in the norm; which halves is drawn.
 */
export function bumps(rows: number, columns: number, norm: Norm, random: Random): Float32Array {
  const turned = rows === 1 || (columns > 1 && random.integer(2) === 1);
  const key = `${rows} ${columns} ${norm} ${turned}`;
  const known = patterns.get(key);
  if (known) return known;
  const pattern = turned ? transposed(halves(columns, rows, norm), columns, rows) : halves(rows, columns, norm);
  patterns.set(key, pattern);
  return pattern;
}

/** There are few: windows have few sizes. */
const patterns = new Map<string, Float32Array>();

function halves(rows: number, columns: number, norm: Norm): Float32Array {
  const upper = Math.floor(rows / 2);
  const pattern = new Float32Array(rows * columns);
  pattern.set(ofLength1(bump(upper, columns), norm));
  pattern.set(ofLength1(bump(rows - upper, columns), norm).map((value) => -value), upper * columns);
  return ofLength1(pattern, norm);
}

/** Σ 1 / (m + 1)² over the m-th squares around the middle that a pixel lies in. */
function bump(rows: number, columns: number): Float32Array {
  const [row, column] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const farthest = Math.max(row, column);
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    let height = 0;
    const nearest = Math.max(Math.abs(Math.floor(i / columns) - row), Math.abs((i % columns) - column));
    for (let m = nearest; m <= farthest; m++) height += 1 / (m + 1) ** 2;
    return height;
  });
}

function ofLength1(values: Float32Array, norm: Norm): Float32Array {
  const length = distances(values, new Float32Array(values.length))[norm];
  return length > 0 ? values.map((value) => value / length) : values;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
}
