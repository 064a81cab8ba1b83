/** A copy of a message with some fields changed; what is not set lies on the prototype. */
export function changed<M extends object>(message: M, fields: Partial<M>): M {
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object) as M, message, fields);
}
