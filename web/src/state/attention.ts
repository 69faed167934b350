// Whether somebody looks at this tab, and at the end of the conversation in it.
import { computed, signal } from '@preact/signals';

import { timeline } from './rooms';

const looks = (): boolean => !document.hidden && document.hasFocus();

export const looking = signal(looks());
// The log's view says when its end is in sight.
export const atEnd = signal(true);

export const attends = computed(() => looking.value && atEnd.value && !timeline.value.hasNewer.value);

export function watchAttention(): void {
  const look = () => (looking.value = looks());
  for (const type of ['focus', 'blur', 'pageshow']) addEventListener(type, look);
  document.addEventListener('visibilitychange', look);
}
