// Times as people read them: in their own zone and language.
import { language, t } from '../texts';

interface Formats {
  clock: Intl.DateTimeFormat;
  full: Intl.DateTimeFormat;
  short: Intl.DateTimeFormat;
  date: Intl.DateTimeFormat;
  day: Intl.DateTimeFormat;
  dayOfYear: Intl.DateTimeFormat;
}

// Making a formatter is slow, using one is not.
const made = new Map<string, Formats>();

function formats(): Formats {
  const locale = language.value;
  let found = made.get(locale);
  if (!found) {
    found = {
      clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
      full: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' }),
      short: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
      date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }),
      day: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }),
      dayOfYear: new Intl.DateTimeFormat(locale, { dateStyle: 'full' }),
    };
    made.set(locale, found);
  }
  return found;
}

export const clockOf = (time: string): string => formats().clock.format(new Date(time));
export const shortTimeOf = (time: string): string => formats().short.format(new Date(time));
export const dateOf = (time: string): string => formats().date.format(new Date(time));
export const fullTimeOf = (time: string): string => formats().full.format(new Date(time));

export function isSameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

export function dayOf(time: string): string {
  const date = new Date(time);
  const today = new Date();
  const yesterday = new Date();
  yesterday.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return t().today;
  if (date.toDateString() === yesterday.toDateString()) return t().yesterday;
  const sameYear = date.getFullYear() === today.getFullYear();
  return (sameYear ? formats().day : formats().dayOfYear).format(date);
}
