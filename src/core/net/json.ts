/** The value of a text that may be no JSON, half written, or not ours; undefined then, as no JSON is. */
export function jsonOrNone(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The library's own words quote the text, which may be secret.
    return undefined;
  }
}
