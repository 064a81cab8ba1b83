import type { RobustnessReport } from '../../core/report.ts';
import type { Facts } from '../facts.ts';

type Engine = RobustnessReport['engine'];

/** Those of the whole scan, from those of its shards, which are the same but for where each ran and what it left out. */
export function mergedFacts(shards: readonly [Facts, ...Facts[]]): Facts {
  const [first] = shards;
  const { shard: _shard, ...request } = first.request;
  const unreadable = shards.flatMap(({ dataset }) => dataset.unreadable ?? []);
  return {
    ...first,
    request,
    engine: mergedEngine(first.engine, shards.map(({ engine }) => engine)),
    dataset: { ...first.dataset, ...(unreadable.length > 0 && { unreadable: unreadable.reduce((sum, n) => sum + n, 0) }) },
  };
}

/** From the best to the worst. */
const rows: readonly Engine['rows'][] = ['exact', 'rounding', 'coupled'];

/** The first one's; processors together, and the worst that was found of rows. */
function mergedEngine(first: Engine, engines: readonly Engine[]): Engine {
  const processors = [...new Set(engines.flatMap(({ processor }) => processor ?? []))];
  return {
    ...first,
    rows: rows.findLast((kind) => engines.some((engine) => engine.rows === kind)) ?? first.rows,
    ...(processors.length > 0 && { processor: processors.join(', ') }),
  };
}
