/**
 * How fast the clock of one capture point gains on another's, by packets of both directions that both have.
 *
 * A way on which a queue grows looks like a clock that gains to the packets that go it, and like one that loses to those
 * that come back. So only what both directions say alike is drift, and only what is larger than all that delays
 * vary by beside it. A clock that is set, or changes its rate, is not told: then there is no one line.
 *
 * Source: the slope of Theil and Sen (Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968),
 * which no outlier moves, over medians; include/linux/timex.h, MAXFREQ, for how wrong a clock may be.
 *
 * @module
 */

/** Of one direction: enough for a line, and 30 points have 435 pairs. */
const MOST_SAMPLES = 1024;
const LEAST_SAMPLES = 48;
const SLICES = 16;

/** Two clocks, each wrong by as much as the kernel corrects: in seconds a second. */
const MOST_DRIFT = 2 * 500e-6;
/** Over all of the capture; less does not matter. */
const LEAST_GAIN_NS = 50_000;
const MOST_DISAGREEMENT = 0.25;
/** The gain over all of the capture, in what the medians are beside the line. */
const LEAST_CLEARNESS = 5;

interface Sample {
  readonly timeNs: number;
  readonly aheadNs: number;
}

/** What the packets of two points say, by direction. */
export class DriftSamples {
  readonly #there = new Thinned();
  readonly #back = new Thinned();

  /**
   * @param timeNs When it was seen, by the first clock.
   * @param aheadNs By so much later was it seen by the other.
   */
  add(isThere: boolean, timeNs: number, aheadNs: number): void {
    (isThere ? this.#there : this.#back).add({ timeNs, aheadNs });
  }

  /** What the other clock gains, in seconds a second; 0: nothing that can be told. */
  drift(): number {
    const there = lineOf(this.#there.samples);
    const back = lineOf(this.#back.samples);
    if (there === undefined || back === undefined) return 0;
    const drift = (there.slope + back.slope) / 2;
    const size = Math.abs(drift);
    const gainNs = size * Math.min(there.spanNs, back.spanNs);
    if (size > MOST_DRIFT || gainNs < LEAST_GAIN_NS) return 0;
    if (Math.abs(there.slope - back.slope) > MOST_DISAGREEMENT * size) return 0;
    return gainNs >= LEAST_CLEARNESS * Math.max(there.besideNs, back.besideNs) ? drift : 0;
  }
}

/** Every so many of what is added, evenly over all of it. */
class Thinned {
  samples: Sample[] = [];
  #every = 1;
  #added = 0;

  add(sample: Sample): void {
    if (this.#added++ % this.#every !== 0) return;
    this.samples.push(sample);
    if (this.samples.length < MOST_SAMPLES) return;
    this.samples = this.samples.filter((_, at) => at % 2 === 0);
    this.#every *= 2;
  }
}

/** `besideNs`: so far are medians from the line. */
function lineOf(
  samples: readonly Sample[],
): { readonly slope: number; readonly spanNs: number; readonly besideNs: number } | undefined {
  if (samples.length < LEAST_SAMPLES) return undefined;
  const inTime = [...samples].sort((a, b) => a.timeNs - b.timeNs);
  const medians = Array.from({ length: SLICES }, (_, slice) => {
    const of = inTime.slice((slice * inTime.length) / SLICES, ((slice + 1) * inTime.length) / SLICES);
    return { timeNs: median(of.map(({ timeNs }) => timeNs)), aheadNs: median(of.map(({ aheadNs }) => aheadNs)) };
  });
  const slopes = medians.flatMap((a, at) =>
    medians.slice(at + 1).flatMap((b) => (b.timeNs > a.timeNs ? (b.aheadNs - a.aheadNs) / (b.timeNs - a.timeNs) : [])),
  );
  const [first] = medians;
  const last = medians.at(-1);
  if (first === undefined || last === undefined || slopes.length === 0) return undefined;
  const slope = median(slopes);
  const levels = medians.map(({ timeNs, aheadNs }) => aheadNs - first.aheadNs - slope * (timeNs - first.timeNs));
  const level = median(levels);
  return {
    slope,
    spanNs: last.timeNs - first.timeNs,
    besideNs: median(levels.map((each) => Math.abs(each - level))),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
