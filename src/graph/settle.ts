import type { Node } from './ir.ts';

/**
 * Fills `found` with an answer for a node and for all that it `needs`, those first; each is asked once. By a list, not by
 * recursion: a model's file says how deep its graph is.
 */
export function settle<T>(
  node: Node,
  found: WeakMap<Node, T>,
  needs: (node: Node) => readonly Node[],
  answer: (node: Node) => T,
): void {
  const pending = [node];
  for (let next = pending.at(-1); next; next = pending.at(-1)) {
    const missing = found.has(next) ? [] : needs(next).filter((each) => !found.has(each));
    for (const each of missing) pending.push(each);
    if (missing.length > 0) continue;
    if (!found.has(next)) found.set(next, answer(next));
    pending.pop();
  }
}

/** The nodes that a node's inputs come from. */
export const inputNodes = ({ inputs }: Node): Node[] => inputs.flatMap((input) => (input ? [input.node] : []));
