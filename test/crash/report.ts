/** What a run tells, line by line, and how many of its checks held. */
export class Report {
  private passed = 0;
  private failed = 0;
  private readonly begin = Date.now();

  title(text: string): void {
    process.stdout.write(`\n${text}\n`);
  }

  tell(text: string): void {
    const seconds = ((Date.now() - this.begin) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${text}\n`);
  }

  /** @param problems what is not so; none: the check held */
  check(name: string, problems: readonly string[]): void {
    const isGood = problems.length === 0;
    if (isGood) this.passed += 1;
    else this.failed += 1;
    process.stdout.write(`  ${isGood ? 'ok      ' : 'NOT OK  '}${name}\n`);
    for (const problem of problems.slice(0, MAX_SHOWN)) process.stdout.write(`            ${problem}\n`);
    if (problems.length > MAX_SHOWN) process.stdout.write(`            and ${problems.length - MAX_SHOWN} more\n`);
  }

  /** The last line; answers the exit code. */
  end(): number {
    process.stdout.write(`\n${this.passed} passed, ${this.failed} failed\n`);
    return this.failed === 0 ? 0 : 1;
  }
}

/** The first few show what is wrong; hundreds would hide it. */
const MAX_SHOWN = 5;
