/** The same value without any field called `seconds`: what two runs of one scan have in common. */
export function withoutSeconds<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, field: unknown) => (key === 'seconds' ? undefined : field)) as T;
}
