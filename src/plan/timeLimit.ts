import { UserError } from '../core/errors.ts';

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/** What a timer can wait. */
const most = 24 * 24 * 3600;

/** `90s`, `10m`, `1.5h`, or a number of seconds. */
export function timeLimitOf(written: number | string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?) *([smh])?$/.exec(String(written)) ?? [];
  const limit = Number(amount) * (seconds[unit] ?? NaN);
  if (limit > 0 && limit <= most) return limit;
  throw new UserError(`timeLimit: expected a time such as 90s, 10m or 1.5h, found '${written}'`);
}

/** A signal that is aborted when the time is up, with the reason that is made then. */
export function limited(limit: number | undefined, reason: () => Error): { readonly signal: AbortSignal; stop(): void } {
  const over = new AbortController();
  const timer = limit === undefined ? undefined : setTimeout(() => over.abort(reason()), 1000 * limit);
  return { signal: over.signal, stop: () => clearTimeout(timer) };
}
