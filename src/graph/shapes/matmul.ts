import { broadcast } from '../broadcast.ts';
import type { Infer } from '../shapes.ts';

/** Products of matrices; leading axes are batches and broadcast. */
export const matmulShapes: Record<string, Infer> = {
  MatMul: (_, a, b) => {
    const [m, k] = a.shape.slice(-2);
    const [rows, n] = b.shape.slice(-2);
    if (m === undefined || k === undefined || n === undefined) throw new Error('expected two matrices');
    if (k !== rows) throw new Error(`${k} columns meet ${rows} rows`);
    return [{ shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n], dtype: a.dtype }];
  },
};
