import type { GenericSchema, InferOutput } from 'valibot';
import { unknownName } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';

/** What the tables of training hold: optimisers, schedules, augmentations. */
export interface Plugin {
  readonly name: string;
  readonly options: GenericSchema;
}

/** A plugin with its options filled in. */
export interface Chosen<Kind extends Plugin> {
  readonly plugin: Kind;
  readonly options: InferOutput<Kind['options']>;
}

/** One as a user asks for it: plain data that a checkpoint can hold. */
export interface Choice {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Looks up what a user asked for. Unknown names and options are refused in one line, the nearest first. */
export function choose<Kind extends Plugin>(kind: string, table: Readonly<Record<string, Kind>>, { name, options = {} }: Choice): Chosen<Kind> {
  const plugin = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!plugin) throw unknownName(kind, name, Object.keys(table));
  return { plugin, options: parseOptions(name, plugin.options, options) };
}

/** Plugins by their names, for `choose`. */
export function tableOf<Kind extends Plugin>(plugins: readonly Kind[]): Readonly<Record<string, Kind>> {
  return Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin]));
}
