// What axe-core finds on a page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const standards = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
export const contrast = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

export async function findings(page, runOnly) {
  await page.evaluate(axe);
  const result = await page.evaluate((chosen) => globalThis.axe.run(document, { runOnly: chosen }), runOnly);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`).join(' | ')}`);
}
