import type { RedisService } from 'nestjs-redis-hub';

/** Where prices are really kept. */
export interface PriceTable {
  read(product: string): Promise<number>;
  write(product: string, price: number): Promise<void>;
}

export class Prices {
  constructor(
    private readonly redis: RedisService,
    private readonly table: PriceTable,
  ) {}

  async read(product: string): Promise<number> {
    const cached = await this.redis.cacheGet<number>(`price:${product}`);
    if (cached.hit) return cached.value;
    const price = await this.table.read(product);
    await this.redis.cacheSet(`price:${product}`, price, { ttlMs: 60_000 });
    return price;
  }

  async write(product: string, price: number): Promise<void> {
    await this.table.write(product, price);
    await this.redis.cacheDelete(`price:${product}`); // rejects in an outage: the old price is known for a minute yet
  }
}
