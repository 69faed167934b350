// From the server's HTML to elements of this page. The server has made it safe; here it is read against a list of
// our own all the same, element by element and attribute by attribute, and what is not on the list stays text. So
// a mistake on either side alone lets nothing through.
import { h, type ComponentChild } from 'preact';

import { isMyName } from './mentions';
import { trustedHtml } from './trusted';

const elements = new Set([
  'p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'span', 'table',
  'thead', 'tbody', 'tr', 'th', 'td', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6',
]);
// A heading in a chat is emphasis, not a part of the page's outline.
const headings = /^h[1-6]$/;
const links = /^(https?:|mailto:)/i;
const depthMax = 24;

const parser = new DOMParser();

export function elementsOf(html: string): ComponentChild[] {
  const body = parser.parseFromString(trustedHtml(html) as string, 'text/html').body;
  return childrenOf(body, 0);
}

function childrenOf(parent: Node, depth: number): ComponentChild[] {
  if (depth > depthMax) return [parent.textContent];
  return Array.from(parent.childNodes, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
    return node instanceof HTMLElement ? elementOf(node, depth) : null;
  });
}

function elementOf(element: HTMLElement, depth: number): ComponentChild {
  const name = element.localName;
  if (!elements.has(name)) return element.textContent;
  const children = childrenOf(element, depth + 1);
  if (headings.test(name)) return h('p', { class: 'heading' }, h('strong', null, children));
  if (name === 'a') return linkOf(element, children);
  if (name === 'span') return spanOf(element, children);
  // What is wider than the page scrolls by itself, with the keyboard too.
  if (name === 'pre') return h('pre', { tabIndex: 0 }, children);
  if (name === 'table') return h('div', { class: 'table', tabIndex: 0 }, h('table', null, children));
  if (name === 'ol') return h('ol', { start: Number(element.getAttribute('start') ?? 1) || 1 }, children);
  return h(name, null, children);
}

function linkOf(element: HTMLElement, children: ComponentChild[]): ComponentChild {
  const href = element.getAttribute('href') ?? '';
  if (!links.test(href)) return h('span', null, children);
  return h('a', { href, target: '_blank', rel: 'noopener nofollow ugc' }, children);
}

function spanOf(element: HTMLElement, children: ComponentChild[]): ComponentChild {
  if (!element.classList.contains('mention')) return h('span', null, children);
  const mine = isMyName(element.dataset.name);
  return h('span', { class: mine ? 'mention me' : 'mention' }, children);
}
