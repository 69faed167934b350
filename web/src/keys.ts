// The keys that work wherever one is.
import { read, step, timeline } from './state/rooms';
import { newAfter } from './state/rooms';
import { focusField } from './views/composing';
import { dialog, drawer, openDialog } from './views/dialogs';

const writesText = (element: Element | null): boolean =>
  element instanceof HTMLElement && (element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName));

function escape(): void {
  if (drawer.peek()) {
    drawer.value = false;
    document.getElementById('menu')?.focus();
    return;
  }
  // Read to the end, and on with writing.
  const log = timeline.peek();
  const last = log.rows.peek().at(-1);
  newAfter.value = null;
  if (last && !log.hasNewer.peek()) read(log.room, last.id);
  document.getElementById('latest')?.click();
  focusField();
}

export function watchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (dialog.peek() === 'switcher') dialog.value = null;
      else openDialog('switcher');
      return;
    }
    if (dialog.peek()) return;
    if (event.altKey && !command && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      step(event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'Escape') {
      escape();
    } else if (event.key === '?' && !writesText(document.activeElement)) {
      event.preventDefault();
      openDialog('keys');
    } else if (event.key.length === 1 && !command && !event.altKey && event.key !== ' ') {
      // Whoever begins to write writes a message.
      const focus = document.activeElement;
      if (focus === document.body || focus?.closest('#scroll')) focusField();
    }
  });
}
