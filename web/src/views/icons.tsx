// The page's icons: 20 × 20, drawn with the colour of the text.
import type { JSX } from 'preact';

const shapes = {
  menu: <path d="M3 5.5h14M3 10h14M3 14.5h9" />,
  search: <path d="M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13 13l4 4" />,
  plus: <path d="M10 4v12M4 10h12" />,
  people: <path d="M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 4a3 3 0 0 1 0 5.3M15 12.5c1.8.6 3 2 3 4" />,
  more: <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.6" />,
  smile: <path d="M10 2.500a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM7 12c.7 1 1.7 1.6 3 1.600s2.3-.6 3-1.600M7.4 8h.01M12.6 8h.01" />,
  send: <path d="M3.2 3.7 17 10 3.2 16.300l1.5-5.400L10.5 10 4.7 9.100z" fill="currentColor" stroke="none" />,
  link: <path d="M8.5 11.500a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.300l-.8.8M11.5 8.500a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.300l.8-.8" />,
  copy: <path d="M7.5 7.500h8.500v8.500H7.500zM12.5 7.500V4H4v8.500h3.5" />,
  quote: <path d="M4 8.500h5v5H4zM4 8.500C4 6 5.5 5 7 4.500M11.5 8.500h5v5h-5zM11.5 8.500c0-2.5 1.5-3.5 3-4" />,
  close: <path d="M5 5l10 10M15 5 5 15" />,
  gear: <path d="M3 6h7M14 6h3M3 14h3M10 14h7M12 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM8 12a2 2 0 1 1 0 4 2 2 0 0 1 0-4z" />,
  pencil: <path d="M4 16l.8-3.300L13.5 4l2.5 2.5-8.7 8.700z" />,
  muted: <path d="M5.5 13.500V9a4.5 4.5 0 0 1 7.5-3.400M14.5 9v4.500l1 1.500H7M3 3l14 14M8.5 17h3" />,
  server: <path d="M10 2.800l6.500 2.400v4.600c0 3.600-2.600 6-6.500 7.400-3.900-1.400-6.500-3.800-6.500-7.400V5.200zM7.300 9.800l2 2 3.500-3.700" />,
  speech: <path d="M5.500 4h9a2.500 2.500 0 0 1 2.500 2.500v4.500a2.500 2.500 0 0 1-2.500 2.500H9.500L6 16.500v-3h-.5A2.500 2.500 0 0 1 3 11V6.500A2.500 2.500 0 0 1 5.500 4z" />,
  lock: <path d="M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9" />,
  down: <path d="M10 4v12M5 11l5 5 5-5" />,
};

export function Icon({ name, size = 20 }: { name: keyof typeof shapes; size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}
