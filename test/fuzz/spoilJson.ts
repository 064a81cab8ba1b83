import type { Random } from '../../src/core/random.ts';
import { pick, type Mutation } from './mutations.ts';

/** A place in a JSON value: what holds it, and under which key. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

const strange: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 3, 1e3, 65_536, 1e9, 2 ** 31, 2 ** 53, -1e9, 1e300],
  ...['', 'x', '-1', '4294967296', 'NaN', '../weights.bin', '/etc/hostname', 'float16', 'int32', 'string', 'complex64', 'uint8', 'softmax', 'Dense', '__proto__', 'constructor', 'a\nb', 'y'.repeat(5_000)],
  ...[[], {}, [[]], [null], [-1], [0], [1e9, 1e9], [null, null], [1, 2, 3, 4, 5, 6, 7], { className: 'x' }, { length: 1e9 }],
];

/** One value of the file becomes another, goes, doubles, moves or changes its name; or the nesting gets deep. */
export const spoilJson: Mutation = (bytes, random) => {
  const root: unknown = JSON.parse(bytes.toString('utf8'));
  if (random.uniform() < 0.01) return Buffer.from(`{"modelTopology":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
  const places = placesIn(root);
  const place = pick(random, places);
  pick(random, [replace, replace, replace, remove, rename, repeat, move])(place, random, places);
  return Buffer.from(JSON.stringify(root));
};

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

type Change = (place: Place, random: Random, places: readonly Place[]) => void;

const replace: Change = ({ holder, key }, random) => {
  const old = holder[key];
  const near = typeof old === 'number' ? [old + 1, old - 1, -old, old * 1e6, old / 2] : [];
  holder[key] = structuredClone(pick(random, near.length > 0 && random.uniform() < 0.5 ? near : strange));
};

const remove: Change = ({ holder, key }) => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
};

const rename: Change = ({ holder, key }, random) => {
  if (Array.isArray(holder)) return;
  holder[pick(random, ['name', 'config', 'className', 'x', '__proto__', 'length', key.toUpperCase()])] = holder[key];
};

/** A list's item twice; anything else in a list of itself. */
const repeat: Change = ({ holder, key }) => {
  if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(holder[key]));
  else holder[key] = [holder[key]];
};

const move: Change = ({ holder, key }, random, places) => {
  const other = pick(random, places);
  holder[key] = structuredClone(other.holder[other.key]);
};
