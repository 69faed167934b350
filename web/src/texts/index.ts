// The language of the page: the browser's if there is a catalogue for it, unless somebody chose one.
import { computed, effect, signal } from '@preact/signals';

import { languageChoice } from '../state/settings';
import { en, type Texts } from './en';

const catalogues = signal<Record<string, Texts>>({ en });
const known = ['en', 'de'];

function wanted(): string {
  if (languageChoice.value !== 'system') return languageChoice.value;
  const mine = navigator.languages.map((tag) => tag.split('-')[0]!);
  return mine.find((language) => known.includes(language)) ?? 'en';
}

export const catalogue = computed(() => (wanted() in catalogues.value ? wanted() : 'en'));

// For dates and numbers: with its region if that is the browser's.
export const language = computed(() => {
  const own = navigator.languages.find((tag) => tag.split('-')[0] === catalogue.value);
  return own ?? catalogue.value;
});

export const t = (): Texts => catalogues.value[catalogue.value] ?? en;

// English is in the bundle, other languages come when they are wanted.
export function loadTexts(): void {
  effect(() => {
    if (wanted() === 'de' && !catalogues.peek().de) {
      import('/assets/de.js').then(({ de }) => (catalogues.value = { ...catalogues.peek(), de }));
    }
  });
  effect(() => {
    document.documentElement.lang = catalogue.value;
    document.documentElement.dir = t().direction;
  });
}
