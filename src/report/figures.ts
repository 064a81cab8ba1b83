import type { Norm } from '../core/norms.ts';

/** Figures as a reader expects them: percentages with a decimal, grouped thousands, three digits of a distance. */

export const normNames: Readonly<Record<Norm, string>> = { linf: 'Linf', l2: 'L2', l1: 'L1', l0: 'L0' };

const grouped = new Intl.NumberFormat('en-US');

export function count(value: number): string {
  return grouped.format(value);
}

/** '1 example', '2,000 examples'. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** '90.0 %', but '99.95 %': what is not quite all or nothing is never shown as if it were. */
export function percent(share: number): string {
  const fromEnd = 100 * Math.min(share, 1 - share);
  const decimals = fromEnd > 0 && fromEnd < 0.1 ? Math.ceil(-Math.log10(fromEnd)) : 1;
  return `${fixed(100 * share, decimals)} %`;
}

/** '88.7–91.4 %', '−2.1 to 0.4 %' */
export function interval([lower, upper]: readonly [number, number]): string {
  return `${fixed(100 * lower, 1)}${lower < 0 ? ' to ' : '–'}${fixed(100 * upper, 1)} %`;
}

/** With a minus sign that is one, and none before a zero. */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Steps of an 8-bit image read better as n/255, unless the decimal is short. */
export function epsilonText(epsilon: number): string {
  const steps = Math.round(epsilon * 255);
  const short = Number(epsilon.toPrecision(4));
  if (short !== epsilon && Math.abs(steps / 255 - epsilon) < 1e-9) return `${steps}/255`;
  return String(short);
}

/** ∞ where more than half of the examples survived. */
export function distance(value: number | null): string {
  return value === null ? '∞' : String(Number(value.toPrecision(3)));
}

export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 'fgsm', 'fgsm and pgd', 'fgsm, bim and pgd'. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}

/** 'class 3', 'a random class', 'the least likely class'. */
export function targetName(target: number | 'random' | 'least-likely'): string {
  if (typeof target === 'number') return `class ${target}`;
  return target === 'random' ? 'a random class' : 'the least likely class';
}
