/**
 * Random stories of calls and faults, against a plain model of what the sessions promise. By the environment:
 * `HUB_MODEL_SECONDS` for how long stories are begun with each driver (12); `HUB_MODEL_WORLDS` how many are played at the
 * same time, each on a Redis and two nodes of its own (3); `HUB_MODEL_SEED` of the first story (1). A story that fails is
 * printed with its seed, and is the first with that one; what is timed by chance may need several plays. Longer:
 *   HUB_MODEL_SECONDS=600 HUB_MODEL_SEED=$RANDOM npm run test:contract -- session-model
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { describeEachDriver } from '../../support/drivers.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { knownStories } from './session-model.known.js';
import { ModelRun } from './session-model.run.js';
import { stories } from './session-model.steps.js';
import type { Step } from './session-model.steps.js';
import { ModelWorld } from './session-model.world.js';

const SECONDS = Number(process.env['HUB_MODEL_SECONDS'] ?? 12);
const WORLDS = Number(process.env['HUB_MODEL_WORLDS'] ?? 3);
const SEED = Number(process.env['HUB_MODEL_SEED'] ?? 1);
/** For how long a story that failed is made shorter. */
const SHRINK_MS = 60_000;

describeEachDriver('The promise of sessions on two nodes', (driver) => {
  let postgres: PostgresTestServer;
  let worlds = 0;
  let played = 0;
  let acknowledged = 0;
  let failed = 0;

  beforeAll(async () => {
    postgres = await PostgresTestServer.start({ settings: { max_connections: 200 } });
  });
  afterAll(() => postgres.stop());

  /** Stories one after the other in one world; after one that failed, in another. */
  async function check(first: number, endsAt: number, known: readonly (readonly Step[])[]): Promise<void> {
    let world: ModelWorld | undefined;
    let giveUpAt = Number.POSITIVE_INFINITY;
    const play = async (story: readonly Step[]): Promise<void> => {
      if (performance.now() > giveUpAt) return;
      world ??= await ModelWorld.start(driver, postgres, `model_${(worlds += 1)}`);
      const run = new ModelRun(world);
      try {
        await run.play(story);
        played += 1;
      } catch (error) {
        giveUpAt = Math.min(giveUpAt, performance.now() + SHRINK_MS);
        await world.stop().catch(() => undefined);
        world = undefined;
        throw error;
      } finally {
        acknowledged += run.acknowledged;
        failed += run.failed;
      }
    };
    try {
      for (const story of known) await play(story);
      for (let seed = first; seed === first || performance.now() < endsAt; seed += WORLDS) {
        await fc.assert(fc.asyncProperty(stories, play), { seed, numRuns: 1 });
      }
    } finally {
      await world?.stop();
    }
  }

  it(
    'holds in every story',
    async () => {
      const endsAt = performance.now() + SECONDS * 1_000;
      const seeds = Array.from({ length: WORLDS }, (_, at) => SEED + at);
      const results = await Promise.allSettled(
        seeds.map((seed, world) =>
          check(
            seed,
            endsAt,
            knownStories.filter((_story, at) => at % WORLDS === world),
          ),
        ),
      );
      process.stderr.write(
        `  ${driver}: ${played} stories from seed ${SEED} on, ${acknowledged} calls answered, ${failed} failed\n`,
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      expect(played).toBeGreaterThan(0);
      expect(failed).toBeLessThan(acknowledged);
    },
    SECONDS * 1_000 + 120_000,
  );
});
