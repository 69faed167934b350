// What cannot be taken back is asked for twice.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { t } from '../texts';

interface Props {
  label: string;
  question: string;
  id?: string;
  act: () => void;
}

export function Confirm({ label, question, id, act }: Props) {
  const asks = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const answer = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    if (asks.value) answer.current?.focus();
    else if (wasAsked.current) opener.current?.focus();
    wasAsked.current = asks.value;
  }, [asks.value]);
  if (!asks.value) {
    return (
      <button type="button" id={id} ref={opener} class="text-button danger" onClick={() => (asks.value = true)}>{label}</button>
    );
  }
  return (
    <div class="confirm" role="group" aria-label={question}>
      <p>{question}</p>
      <button type="button" ref={answer} class="button danger" onClick={act}>{label}</button>
      <button type="button" class="text-button" onClick={() => (asks.value = false)}>{t().cancel}</button>
    </div>
  );
}
