// What is fetched by its address when it is wanted; see build.mjs.
declare module '*/assets/de.js' {
  export const de: import('./texts/en').Texts;
}
declare module '*/assets/emoji.js' {
  export const groups: import('./emoji').EmojiGroup[];
}
declare module 'emoji:list' {
  const list: import('./emoji').EmojiGroup[];
  export default list;
}
