// The one policy by which strings become markup or the address of a script, where the browser asks for one. The
// name is in the page's Content-Security-Policy.

interface Policy {
  createHTML(text: string): unknown;
  createScriptURL(text: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL(text: string): string }): Policy;
}

const workerPath = '/sw.js';

const rules = {
  // Only ever parsed into a document of its own, from which text/html.ts takes what it knows.
  createHTML: (text: string) => text,
  createScriptURL(text: string) {
    if (text !== workerPath) throw new TypeError(`not a script of this page: ${text}`);
    return text;
  },
};

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy: Policy = factory?.createPolicy('tinychat', rules) ?? rules;

export const trustedHtml = (html: string): unknown => policy.createHTML(html);
export const workerAddress = (): string | URL => policy.createScriptURL(workerPath) as string;
