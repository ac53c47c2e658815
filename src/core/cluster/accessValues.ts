/** What is known of accounts and passwords without the schema's library, which hosts do not load. */

/**
 * A hash as crypt(5) lists them, of a strength that is still worth something: yescrypt, its kin gost-yescrypt and scrypt, bcrypt,
 * and SHA-512 and SHA-256. No `:` and no line end, which would break out of its line in shadow(5).
 */
export const CRYPT = /^\$(?:y|gy|7|2[aby]|6|5)\$[!-9;-~]{8,500}$/;

/** Whether a text is the hash of a password and not the password. */
export const isPasswordHash = (text: string): boolean => CRYPT.test(text);

/** Where accounts of cluster.yaml live: above those that Debian gives by itself, below those it keeps (Debian Policy 9.2.2). */
export const UIDS = { first: 3000, last: 29_999 } as const;
