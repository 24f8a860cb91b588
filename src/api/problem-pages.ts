import { PROBLEMS, type ProblemSlug } from './problem';

/** The page of a kind of problem: what the `type` of a problem document links to. Its texts are all our own. */
export function problemPage(slug: ProblemSlug): string {
  const [status, title, meaning] = PROBLEMS[slug];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} - Tenor</title></head>
<body>
<h1>${title}</h1>
<p><code>${status}</code> <code>/problems/${slug}</code></p>
<p>${meaning.replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>
</body>
</html>
`;
}
