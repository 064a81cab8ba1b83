import type { Graph } from '../ir.ts';
import { rewrite } from '../rewrite.ts';

/** Drops what no output needs. */
export const eliminateDeadCode = (graph: Graph): Graph => rewrite(graph, () => undefined);
