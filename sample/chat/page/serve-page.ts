import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';

const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** The page at `/`: files as they are. */
export function servePage(app: NestExpressApplication): void {
  app.useStaticAssets(fileURLToPath(new URL('public', import.meta.url)), {
    setHeaders: (response: { setHeader(name: string, value: string): unknown }) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    },
  });
}
