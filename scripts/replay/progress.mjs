import cliProgress from 'cli-progress';
import { say } from '../lib/say.mjs';

const FORMAT = '> [{bar}] {value} of {total} turns, {eta_formatted} to go';

/** How far a replay is: a bar on a terminal, a line from time to time elsewhere. */
export class Progress {
  #done = 0;
  #said = 0;
  #bar;

  constructor(total) {
    this.total = total;
    if (!process.stdout.isTTY) return;
    this.#bar = new cliProgress.SingleBar(
      { format: FORMAT, stream: process.stdout },
      cliProgress.Presets.shades_classic,
    );
    this.#bar.start(total, 0);
  }

  step() {
    this.#done += 1;
    if (this.#bar) return this.#bar.update(this.#done);
    const tenth = Math.floor((this.#done / this.total) * 10);
    if (tenth === this.#said) return;
    this.#said = tenth;
    say(`${this.#done} of ${this.total} turns`);
  }

  end() {
    this.#bar?.stop();
  }
}
