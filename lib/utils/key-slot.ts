const POLYNOMIAL = 0x10_21;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80_00 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc;
});

/** How many slots a cluster shares among its masters. @internal */
export const SLOT_COUNT = 16_384;

/**
 * The slot of a key: CRC16 (XMODEM) of its hash tag, the part between the first `{` and the next `}` where there is
 * one and it is not empty, else of the whole key. Source: the Redis Cluster specification.
 *
 * @internal
 */
export function slotOfKey(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashTagOf(key) ?? key)) crc = ((crc << 8) & 0xff_ff) ^ (TABLE[(crc >> 8) ^ byte] ?? 0);
  return crc % SLOT_COUNT;
}

function hashTagOf(key: string): string | undefined {
  const start = key.indexOf('{');
  const end = start < 0 ? -1 : key.indexOf('}', start + 1);
  return end > start + 1 ? key.slice(start + 1, end) : undefined;
}
