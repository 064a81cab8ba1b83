import { UserError } from '../../core/errors.ts';
import { Outcomes } from '../../evaluate/outcomes.ts';
import type { SampleKey } from '../../evaluate/outcomes.ts';
import type { BaselineEntry } from './baseline.ts';
import { epsilonsOfAttack } from '../compare/comparableScan.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';
import { unpackBits, unpackHex, unpackNumbers } from './packed.ts';
import { attackOf } from '../attacks/plannedAttacks.ts';

/** Digits of what tells an example from any other. */
export const exampleDigits = 16;

/** The scan that a scenario's entry in a baseline is of. Its lists must add up to its figures. */
export function baselineScan(path: string, scenario: string, entry: BaselineEntry): ComparableScan {
  const { report, identity } = entry;
  const scan = { name: `${path}#${scenario}`, report, identity, attacks: identity.attacks.map(attackOf) };
  const samples = samplesIn(entry);
  const right = rightIn(scan, entry);
  if (!samples || !right) throw new UserError(`${scan.name}: is damaged: its samples do not add up to its figures; breakwater check --update-baseline makes it anew`);
  return {
    ...scan,
    outcomes: (shared) => {
      const outcomes = new Outcomes(scan.name, scan.attacks, identity, shared);
      for (const [at, sample] of samples.entries()) outcomes.put(sample, right.clean(at), (label) => right.fallsAt(at, label));
      return outcomes;
    },
  };
}

function samplesIn({ report, samples: { count, ids: steps, labels: packed, examples: hashes } }: BaselineEntry): SampleKey[] | undefined {
  const [ids, labels, examples] = [unpackNumbers(steps, count), unpackNumbers(packed, count), unpackHex(hashes, count, exampleDigits)];
  if (!ids || !labels || !examples || count !== report.dataset.examples) return undefined;
  let id = 0;
  return ids.map((step, at) => ({ id: (id += step), label: labels[at] as number, example: examples[at] as string }));
}

type IsSet = (at: number) => boolean;

interface RightIn {
  readonly clean: IsSet;
  readonly fallsAt: (at: number, label: string) => number;
}

/** Who was got right at each epsilon; undefined where that is not what the report says. */
function rightIn(scan: Omit<ComparableScan, 'outcomes'>, { report, samples: { count }, right }: BaselineEntry): RightIn | undefined {
  const rows = scan.attacks.map((planned, attack) =>
    epsilonsOfAttack(planned, scan).map((epsilon, at) => ({ epsilon, survives: unpackBits(right.attacks[attack]?.[at] ?? '', count) })),
  );
  const clean = unpackBits(right.clean, count);
  const sums = [clean, ...rows.flat().map(({ survives }) => survives)].map((isSet) => isSet && sumOf(isSet, count));
  const told = [report.clean.correct, ...report.attacks.map(({ robustAccuracy }) => Math.round(robustAccuracy * count))];
  if (!clean || String(sums) !== String(told)) return undefined;
  const ofAttack = new Map(scan.attacks.map(({ label }, attack) => [label, rows[attack] ?? []]));
  return { clean, fallsAt: (at, label) => ofAttack.get(label)?.find(({ survives }) => survives?.(at) !== true)?.epsilon ?? Infinity };
}

function sumOf(isSet: IsSet, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += Number(isSet(at));
  return sum;
}
