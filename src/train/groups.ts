import type { Values } from '../graph/trainable.ts';
import type { Arrays } from './safetensors.ts';

/** Numbers of the same parameters in several roles, as the arrays of a checkpoint: `weights/conv/kernel`, `m/conv/kernel`. */
export function arraysOf(groups: Readonly<Record<string, Values>>): Arrays {
  const named = ([group, values]: [string, Values]) => Array.from(values, ([name, data]) => [`${group}/${name}`, data] as const);
  return Object.fromEntries(Object.entries(groups).flatMap(named));
}

/** One of the groups again. */
export function groupIn(arrays: Arrays, group: string): Values {
  const prefix = `${group}/`;
  const own = Object.entries(arrays).filter((entry): entry is [string, Float32Array] => entry[0].startsWith(prefix) && entry[1] instanceof Float32Array);
  return new Map(own.map(([name, data]) => [name.slice(prefix.length), data]));
}
