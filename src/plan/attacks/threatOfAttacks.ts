import type { AttackSpec } from '../../core/attack.ts';
import { UserError } from '../../core/errors.ts';
import type { ScanRequest } from '../plan.ts';

const fields = ['norm', 'epsilon'] as const;

/** The request with the norm and the epsilon that its attacks were built for: `pgd({ epsilon: 8 / 255 })`. A scan has one threat. */
export function withThreatOfAttacks(request: ScanRequest): ScanRequest {
  const specs = typeof request.attacks === 'object' ? request.attacks : [];
  const told = fields.flatMap((field) => {
    const value = agreed(field, request, specs);
    return value === undefined ? [] : [[field, value] as const];
  });
  return { ...request, ...Object.fromEntries(told) };
}

/** Undefined where neither the attacks nor the request say. */
function agreed(field: (typeof fields)[number], request: ScanRequest, specs: readonly AttackSpec[]): unknown {
  const built = specs.flatMap((spec) => spec[field] ?? []);
  const asked = request[field];
  const all = new Set([...built, ...(asked === undefined || built.length === 0 ? [] : [asked])].map(String));
  if (all.size > 1) throw new UserError(`${field}: expected one for all attacks of a scan, found ${[...all].join(' and ')}`);
  return built[0] ?? asked;
}
