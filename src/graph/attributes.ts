import type { Attributes } from './ir.ts';

/** Typed reads of a node's attributes. Without `otherwise` the attribute must be there. */
export function ints(attributes: Attributes, name: string, otherwise?: readonly number[]): readonly number[] {
  const value = attributes[name] ?? otherwise;
  if (typeof value !== 'object') throw new Error(`attribute ${name}: expected a list of numbers, found ${value}`);
  return value;
}

export function int(attributes: Attributes, name: string, otherwise?: number): number {
  const value = attributes[name] ?? otherwise;
  if (typeof value !== 'number') throw new Error(`attribute ${name}: expected a number, found ${String(value)}`);
  return value;
}

export function text(attributes: Attributes, name: string, otherwise?: string): string {
  const value = attributes[name] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`attribute ${name}: expected a string, found ${String(value)}`);
  return value;
}
