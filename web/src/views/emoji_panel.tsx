// Choosing an emoji: by group, or by a word. The arrow keys move, Enter takes it, Escape closes.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { emojiGroups, findEmojis, nameOf, type Emoji, type EmojiGroup } from '../emoji';
import { t } from '../texts';
import { focusField, insert } from './composing';

const foundMax = 96;

function moveIn(grid: HTMLElement, event: KeyboardEvent): void {
  const buttons = Array.from(grid.querySelectorAll('button'));
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at < 0) return;
  const columns = Math.max(1, getComputedStyle(grid).gridTemplateColumns.split(' ').length);
  const forward = getComputedStyle(grid).direction === 'rtl' ? -1 : 1;
  const by = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)]?.focus();
}

export function EmojiPanel({ close }: { close: () => void }) {
  const panel = useRef<HTMLDivElement>(null);
  const groups = useSignal<EmojiGroup[] | null>(null);
  const group = useSignal(0);
  const found = useSignal<Emoji[] | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    emojiGroups().then((all) => (groups.value = all), () => (failed.value = true));
    panel.current?.querySelector('input')?.focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Element;
      if (!panel.current?.contains(target) && !target.closest('#emoji')) close();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);

  const take = (emoji: Emoji) => {
    close();
    focusField();
    insert(emoji[0]);
  };
  const list = found.value ?? groups.value?.[group.value] ?? [];
  return (
    <div
      id="emoji-panel"
      ref={panel}
      role="dialog"
      aria-label={t().emoji}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
        focusField();
      }}
    >
      <input
        type="search"
        aria-label={t().findEmoji}
        placeholder={t().findEmoji}
        onInput={async (event) => {
          const typed = event.currentTarget.value.trim();
          found.value = typed ? await findEmojis(typed, foundMax).catch(() => []) : null;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            if (list[0]) take(list[0]);
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            panel.current?.querySelector<HTMLElement>('.grid button')?.focus();
          }
        }}
      />
      {!found.value && (
        <div class="groups" role="group" aria-label={t().emojiGroups}>
          {groups.value?.map((emojis, index) => (
            <button
              type="button"
              key={index}
              aria-label={t().emojiGroupNames[index]}
              title={t().emojiGroupNames[index]}
              aria-pressed={index === group.value}
              onClick={() => (group.value = index)}
            >
              {emojis[0]?.[0]}
            </button>
          ))}
        </div>
      )}
      <div class="grid" onKeyDown={(event) => moveIn(event.currentTarget, event)}>
        {list.map((emoji, index) => (
          <button
            type="button"
            key={emoji[0]}
            tabIndex={index === 0 ? 0 : -1}
            aria-label={nameOf(emoji).replaceAll('_', ' ')}
            title={`:${nameOf(emoji)}:`}
            onClick={() => take(emoji)}
          >
            {emoji[0]}
          </button>
        ))}
        {failed.value && <p>{t().unreachable}</p>}
        {found.value?.length === 0 && <p>{t().nothingFound}</p>}
      </div>
    </div>
  );
}
