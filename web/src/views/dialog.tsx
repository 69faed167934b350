// A modal dialog. The browser's own: it keeps the focus in, closes on Escape and gives the focus back.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { t } from '../texts';
import { dialog } from './dialogs';
import { Icon } from './icons';

interface Props {
  title: string;
  class?: string;
  plain?: boolean; // without a visible heading
  children: ComponentChildren;
}

export function Dialog({ title, class: className = '', plain = false, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // At once: who has pressed the key types on.
  useLayoutEffect(() => {
    const opened = element.current!;
    opened.showModal();
    return () => opened.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={className}
      aria-label={title}
      onClose={() => {
        // Another dialog may have taken its place.
        if (element.current) dialog.value = null;
      }}
      onClick={(event) => {
        if (event.target === element.current) element.current?.close();
      }}
    >
      <div class="sheet">
        {!plain && (
          <header>
            <h2>{title}</h2>
            <button type="button" class="icon" aria-label={t().close} onClick={() => element.current?.close()}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
