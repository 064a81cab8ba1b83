import { UserError } from '../../core/errors.ts';
import { Outcomes } from '../../evaluate/outcomes.ts';
import type { SampleKey } from '../../evaluate/outcomes.ts';
import type { BaselineEntry } from './baseline.ts';
import { addsUp } from '../compare/addsUp.ts';
import { epsilonsOfAttack } from '../compare/comparableScan.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';
import { unpackBits, unpackHex, unpackNumbers } from './packed.ts';
import { attackOf } from '../attacks/plannedAttacks.ts';

/** Digits of what tells an example from any other. */
const exampleDigits = 16;

/** The scan that a scenario's entry in a baseline is of. Its lists must add up to its figures. */
export function baselineScan(path: string, scenario: string, entry: BaselineEntry): ComparableScan {
  const { report, identity } = entry;
  const scan = { name: `${path}#${scenario}`, report, identity, attacks: identity.attacks.map(attackOf) };
  const samples = samplesIn(entry);
  const right = rightIn(scan, entry);
  if (!samples || !right) throw damaged(scan);
  const whole: ComparableScan = {
    ...scan,
    outcomes: (shared) => {
      const outcomes = new Outcomes(scan.name, scan.attacks, identity, shared);
      for (const [at, sample] of samples.entries()) outcomes.put(sample, right.clean(at), (label) => right.fallsAt(at, label));
      return outcomes;
    },
  };
  if (!addsUp(whole)) throw damaged(scan);
  return whole;
}

function damaged({ name }: Pick<ComparableScan, 'name'>): UserError {
  return new UserError(`${name}: is damaged: its samples do not add up to its figures; breakwater check --update-baseline makes it anew`);
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

/** Who was got right at each epsilon; undefined where the lists are not all there. */
function rightIn(scan: Omit<ComparableScan, 'outcomes'>, { samples: { count }, right }: BaselineEntry): RightIn | undefined {
  const rows = scan.attacks.map((planned, attack) =>
    epsilonsOfAttack(planned, scan).map((epsilon, at) => ({ epsilon, survives: unpackBits(right.attacks[attack]?.[at] ?? '', count) })),
  );
  const clean = unpackBits(right.clean, count);
  if (!clean || rows.flat().some(({ survives }) => !survives)) return undefined;
  const ofAttack = new Map(scan.attacks.map(({ label }, attack) => [label, rows[attack] ?? []]));
  return { clean, fallsAt: (at, label) => ofAttack.get(label)?.find(({ survives }) => survives?.(at) !== true)?.epsilon ?? Infinity };
}
