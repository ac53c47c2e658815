/** What an operator's token must be: long enough that nobody guesses it, and fit for a header of HTTP. */
const TOKEN = /^[\x21-\x7e]{20,512}$/;

export const isToken = (text: string): boolean => TOKEN.test(text);

/** In the words of its mistakes. */
export const NO_TOKEN = 'no token of 20 or more letters, digits and signs without a space';
export const MAKE_TOKEN = (name: string): string => `Make one: openssl rand -hex 20 | pxen secrets set ${name}.`;
