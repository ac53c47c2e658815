/** How the value of an option stands on the wire, in both directions. `decode` throws DecodeError for any other bytes. */
export interface Shape<T> {
  decode(bytes: Uint8Array): T;
  encode(value: T): Uint8Array;
}

/** The value that a shape reads. */
export type ShapeValue<S> = S extends Shape<infer T> ? T : never;
