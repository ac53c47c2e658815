import { ipv4Bytes, type Ipv4 } from '../net/ipv4.ts';
import { utf8 } from '../net/text.ts';
import * as der from './der.ts';

/** What stands in a certificate (RFC 5280). */
export interface CertificateFields {
  /** A positive number of at most 20 bytes that the issuer gives only once. */
  readonly serial: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  /** SubjectPublicKeyInfo, DER, and short names of it and of the issuer's key. */
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
  readonly use: CertificateUse;
}

type CertificateUse =
  | { readonly kind: 'authority' }
  /** Who may be reached under it: EDK2 compares the address in a URL with `addresses`, and a name with `names`. */
  | {
      readonly kind: 'server';
      readonly addresses: readonly Ipv4[];
      readonly names: readonly string[];
      /** Whether its key can decipher, as RSA can: RSA key exchange is all that older clients know. */
      readonly deciphers: boolean;
    };

/** RSA with SHA-256 (RFC 4055): the one signature that every boot client can check. */
const SIGNATURE = der.sequence(der.oid('1.2.840.113549.1.1.11'), der.NULL);
const EXTENSION = {
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  constraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedUsage: '2.5.29.37',
} as const;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
/**
 * A machine whose clock was never set says 1970, and must not find a certificate that is valid from some later day on; one that
 * boots in many years must still trust what it was once given. No clock counts from before 1970, and 2049 is the last year that
 * needs no other form of date.
 */
const VALIDITY = der.sequence(der.utcTime('700101000000Z'), der.utcTime('491231235959Z'));

/** A certificate, DER. `sign` signs with the issuer's RSA key: PKCS #1 v1.5, SHA-256. */
export function certificate(fields: CertificateFields, sign: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const body = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(fields.serial),
    SIGNATURE,
    nameOf(fields.issuer),
    VALIDITY,
    nameOf(fields.subject),
    fields.publicKey,
    der.explicit(3, der.sequence(...extensions(fields))),
  );
  return der.sequence(body, SIGNATURE, der.bitString(sign(body)));
}

/** A name of one part, the common name. */
const nameOf = (commonName: string): Uint8Array =>
  der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.text(commonName))));

const extension = (id: string, isCritical: boolean, inner: Uint8Array): Uint8Array =>
  der.sequence(der.oid(id), ...(isCritical ? [der.TRUE] : []), der.octetString(inner));

function extensions({ use, keyId, issuerKeyId }: CertificateFields): Uint8Array[] {
  return [
    ...(use.kind === 'authority' ? authorityExtensions() : serverExtensions(use)),
    extension(EXTENSION.subjectKey, false, der.octetString(keyId)),
    extension(EXTENSION.authorityKey, false, der.sequence(der.implicit(0, issuerKeyId))),
  ];
}

/** May sign certificates and revocations, and nothing that is an authority itself. */
const authorityExtensions = (): Uint8Array[] => [
  extension(EXTENSION.constraints, true, der.sequence(der.TRUE, der.integer(Uint8Array.of(0)))),
  extension(EXTENSION.keyUsage, true, der.bitString(Uint8Array.of(0b0000_0110), 1)),
];

/** May sign a key exchange, and decipher one where its key can. */
const serverExtensions = ({
  addresses,
  names,
  deciphers,
}: Extract<CertificateUse, { kind: 'server' }>): Uint8Array[] => [
  extension(EXTENSION.constraints, true, der.sequence()),
  extension(
    EXTENSION.keyUsage,
    true,
    der.bitString(Uint8Array.of(deciphers ? 0b1010_0000 : 0b1000_0000), deciphers ? 5 : 7),
  ),
  extension(EXTENSION.extendedUsage, false, der.sequence(der.oid(SERVER_AUTHENTICATION))),
  extension(
    EXTENSION.alternativeName,
    false,
    der.sequence(
      ...addresses.map((address) => der.implicit(7, ipv4Bytes(address))),
      ...names.map((name) => der.implicit(2, utf8(name))),
    ),
  ),
];
