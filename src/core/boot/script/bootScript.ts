import { ByteWriter } from '../../net/bytes.ts';
import { utf8 } from '../../net/text.ts';

/**
 * What U-Boot's target `dhcp` asks for first by the name of `boot_script_dhcp`: here it sends it to its pxelinux.cfg, which boards
 * without the target `pxe` do not look for. Where that starts nothing, U-Boot goes on to ask for an EFI file.
 */
const SCRIPT = 'pxe get && pxe boot\n';

/** Fields of U-Boot's legacy image header (U-Boot, include/image.h); of a script no more is looked at. */
const MAGIC = 0x27051956;
const [LINUX, ARM64, SCRIPT_TYPE, PLAIN] = [5, 22, 6, 0];
const NAME_BYTES = 32;

/** The script as an image, as mkimage makes it: a header with check sums, the script's length, a zero, the script. */
export function bootScript(): Uint8Array {
  const text = utf8(SCRIPT);
  const data = new ByteWriter().u32(text.length).u32(0).put(text).bytes();
  const head = headerOf(data, 0);
  return new ByteWriter()
    .put(headerOf(data, crc32(head)))
    .put(data)
    .bytes();
}

/** The sum in the header is made while its own field is zero. */
function headerOf(data: Uint8Array, sum: number): Uint8Array {
  const name = new Uint8Array(NAME_BYTES);
  name.set(utf8('pxen'));
  return new ByteWriter()
    .u32(MAGIC)
    .u32(sum)
    .u32(0)
    .u32(data.length)
    .u32(0)
    .u32(0)
    .u32(crc32(data))
    .put(Uint8Array.of(LINUX, ARM64, SCRIPT_TYPE, PLAIN))
    .put(name)
    .bytes();
}

/** CRC-32 of ISO 3309, bit by bit: there is little to sum up. */
function crc32(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
