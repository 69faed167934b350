// A line of text that is there to be copied.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { say } from '../state/announcer';
import { t } from '../texts';

export function CopyLine({ label, text }: { label: string; text: string }) {
  const copied = useSignal(false);
  const shown = useRef<HTMLPreElement>(null);
  const copy = async () => {
    // Browsers keep the clipboard from pages over plain http; what is marked they copy even so.
    getSelection()?.selectAllChildren(shown.current!);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!document.execCommand('copy')) return say(t().notCopied);
    }
    say(t().copied);
    copied.value = true;
    setTimeout(() => (copied.value = false), 1500);
  };
  return (
    <div class="copyable">
      <pre ref={shown} tabIndex={0} aria-label={label} dir="ltr">{text}</pre>
      <button type="button" class="text-button" onClick={() => void copy()}>{copied.value ? t().copied : t().copy}</button>
    </div>
  );
}

export function Copyable({ label, text }: { label: string; text: string }) {
  return (
    <section>
      <h3>{label}</h3>
      <CopyLine label={label} text={text} />
    </section>
  );
}
