// The field one writes in, for those who put something into it. It belongs to the browser: nothing is rendered
// while somebody types.
let field: HTMLTextAreaElement | null = null;

export function setField(element: HTMLTextAreaElement | null): void {
  field = element;
}

function put(text: string, caret: number): void {
  if (!field) return;
  field.value = text;
  field.focus();
  field.setSelectionRange(caret, caret);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export const setText = (text: string): void => put(text, text.length);

// In front of what is there.
export function insertAbove(text: string): void {
  const rest = field?.value ?? '';
  const whole = rest && !text.endsWith('\n') ? `${text}\n${rest}` : text + rest;
  put(whole, whole.length);
}

// In place of what lies between `from` and the caret.
export function insert(text: string, from?: number): void {
  if (!field) return;
  const end = field.selectionEnd;
  const start = from ?? field.selectionStart;
  put(field.value.slice(0, start) + text + field.value.slice(end), start + text.length);
}

export function focusField(): void {
  field?.focus({ preventScroll: true });
}
