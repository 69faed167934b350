// What was begun in each room and not sent.
import { kept } from './stored';

const drafts = kept<Record<string, string>>('drafts', {});

export const draftOf = (room: string): string => drafts.peek()[room] ?? '';
export const hasDraft = (room: string): boolean => room in drafts.value;

export function keepDraft(room: string, text: string): void {
  if (draftOf(room) === text) return;
  const { [room]: _, ...others } = drafts.peek();
  drafts.value = text.trim() ? { ...others, [room]: text } : others;
}
