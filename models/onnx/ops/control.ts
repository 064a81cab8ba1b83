import type { Importers } from '../importer.ts';

/** Branches that are decided before the model runs. What depends on its input cannot be expressed in the IR. */
export const controlOps: Importers = {
  If: (node, into) => {
    const [condition] = into.numbers(node.input(0));
    const name = condition ? 'then_branch' : 'else_branch';
    const branch = node.graph(name);
    if (!branch) throw node.unsupported(`it has no ${name}`);
    return into.inline(branch);
  },
};
