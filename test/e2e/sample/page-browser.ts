import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A Chromium of this machine: `CHROMIUM_BIN`, else one on the PATH; nothing where there is none. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_BIN'];
  if (given !== undefined && given !== '') return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** A headless Chromium that is closed after its spec file at the latest. */
export class PageBrowser implements TestResource {
  private constructor(readonly browser: Browser) {}

  static async start(executablePath: string): Promise<PageBrowser> {
    return track(new PageBrowser(await chromium.launch({ executablePath, args: ARGS })));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    untrack(this);
  }
}
