import { describe } from '@jest/globals';
import { findChromium } from './page-browser.js';

/** The browser that pages are tested in; undefined where there is none, which `page.spec.ts` says, or fails for. */
export const chromium = findChromium();

/** As `describe`, where there is a browser. */
export const describePage: typeof describe.skip = chromium === undefined ? describe.skip : describe;
