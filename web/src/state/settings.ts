// What this browser's user has chosen.
import { effect } from '@preact/signals';

import { kept } from './stored';

export type Theme = 'system' | 'light' | 'dark';

export const theme = kept<Theme>('theme', 'system');
export const languageChoice = kept<'system' | 'en' | 'de'>('language', 'system');
// The first visit tells what name others see; once is enough.
export const welcomed = kept('welcomed', false);

export function applyTheme(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme.value;
  });
}
