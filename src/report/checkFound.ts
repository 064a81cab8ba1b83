import type { Check } from '../core/report.ts';
import { count } from './figures.ts';

/** 'Gradients exist: 0.0123' */
export function checkFound({ title, value }: Check): string {
  return value === null ? title : `${title}: ${foundText(value)}`;
}

/** Counts whole, shares with three digits. */
function foundText(value: number | string): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3)));
}
