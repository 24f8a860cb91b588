import { median } from '../report';

/** Each contender works so often, in turn with the others: what the machine does meanwhile falls on all. */
const ROUNDS = 7;
const ROUND_MS = 400;
const WARM_UP_MS = 1_000;

export interface Contender {
  name: string;
  /** One piece of work; throws where its result is wrong. */
  run(turn: number): void;
}

/** Milliseconds that a piece of each one's work takes: medians of rounds, after a warm-up. */
export function inTurn(contenders: readonly Contender[]): number[] {
  for (const contender of contenders) each(contender, WARM_UP_MS);
  const rounds = contenders.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    contenders.forEach((contender, index) => {
      rounds[index]?.push(each(contender, ROUND_MS));
    });
  }
  return rounds.map(median);
}

function each(contender: Contender, forMs: number): number {
  const began = performance.now();
  let turns = 0;
  let took = 0;
  while (took < forMs) {
    contender.run(turns);
    turns += 1;
    took = performance.now() - began;
  }
  return took / turns;
}
