// Every text of the page, in English. Another language is another file of the same shape (see de.ts); index.ts
// knows which there are.

const onApple = /Mac|iPhone|iPad/.test(navigator.platform);
const listOf = (names: string[]): string => new Intl.ListFormat('en').format(names);
const some = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`);

interface Note {
  name: string;
  previous?: string;
}

export const en = {
  direction: 'ltr',
  commandKey: onApple ? '⌘' : 'Ctrl',

  // For those who are not in
  door: {
    closed: 'This chat is for invited people',
    whatThisIs: 'Somebody who is in can send you a join link. Open it in this browser, or paste it here.',
    notLetIn: (name: string) => `You have been here as ${name}, and keep that name when you come in.`,
    link: 'Join link',
    open: 'Open the link',
    noLink: 'This is no join link: it ends in /join/ and a long row of letters.',
    isMine: 'Is this your server?',
    printed: 'It printed two links when it started: one for you as its owner, one for everybody else. This makes another for you:',
    removed: 'You were removed from this chat',
    whatRemovedMeans: 'Nothing of it reaches this browser any more. The owner of the server can let you in again.',
    lookAgain: 'Look again',
  },
  notInRoom: (room: string) => `You are no longer in “${room}”.`,

  // For owners; the rest is in owner/words_en.ts
  thisServer: 'People and access',

  // Private rooms
  privateRoom: 'Private room',
  newPrivateRoom: (title: string) => (title ? `New private room “${title}”` : 'New private room…'),
  privateMeans: 'Only its members know that it is there. You can add people later, too.',
  roomTitle: 'Name',
  roomTitleHint: 'Plans',
  members: 'Members',
  membersOf: (count: number) => some(count, 'member', 'members'),
  withWhom: 'With whom',
  nobodyToAdd: 'Nobody else has been here yet.',
  create: 'Create the room',
  addMember: 'Add somebody',
  add: 'Add',
  addOne: (name: string) => `Add ${name}`,
  remove: 'Remove',
  removeOne: (name: string) => `Remove ${name}`,
  host: 'host',
  leaveQuestion: 'Leave this room? Only a member can add you again.',
  people: 'People',
  findPerson: 'Find a person to write to',
  findPersonHint: 'Name',
  writeTo: (name: string) => `Write to ${name}`,
  writePrivately: 'Write privately',
  mention: 'Mention',
  directMeans: (name: string) => `Only you and ${name} can read this.`,

  // Locked rooms
  lockRoom: 'Only owners write here',
  lockPrivateRoom: 'Only the host writes here',
  locked: 'locked',
  cancel: 'Cancel',

  // Around the rooms
  rooms: 'Rooms',
  roomsUnread: 'Rooms, there is something new',
  openRoom: 'Open a room',
  findRoom: 'Find a room or a person',
  findRoomHint: 'Room or person',
  createRoom: (room: string) => `Open #${room}, a new room for everybody`,
  person: 'person',
  notOpened: 'not opened',
  unread: (count: number, mentions: number) =>
    `${count >= 100 ? 'more than 99' : count} unread${mentions > 0 ? `, ${some(mentions, 'mention', 'mentions')}` : ''}`,
  draft: 'Something you began to write',
  aboutRoom: 'About this room',
  topic: 'Topic',
  topicHint: 'What this room is about',
  roomLink: 'Link to this room',
  leaveRoom: 'Leave this room',
  postFromAnywhere: 'Post from anywhere',
  followFromAnywhere: 'Follow from a terminal',
  putToken: 'In place of TOKEN goes one that an owner makes for the program.',
  peopleHere: (count: number) => some(count, 'person here', 'people here'),
  tooManyToName: 'Too many to name.',
  thisIsYou: 'you',

  // The connection
  connections: {
    connecting: 'Connecting…',
    live: 'Live',
    reconnecting: 'Reconnecting…',
    waiting: 'The server waits for its storage…',
    restarting: 'Server is restarting…',
    offline: 'Offline',
  },
  unreachable: 'The server cannot be reached. Try again.',

  // The conversation
  messages: 'Messages',
  loading: 'Loading…',
  nobodyWrote: 'Nobody has written here yet. Say hello!',
  orFromTerminal: 'Or from a terminal:',
  beginning: (place: string) => `This is the beginning of ${place}.`,
  today: 'Today',
  yesterday: 'Yesterday',
  newLine: 'New',
  newBelow: (count: number) => `${count} new`,
  toEnd: 'To the newest',
  unverified: 'unverified',
  unverifiedMeans: 'Posted without a sign-in: anyone can use this name',
  twinMeans: 'Somebody else here has the same name',
  topicSet: (who: string, topic: string) => `${who} set the topic: ${topic}`,
  topicCleared: (who: string) => `${who} cleared the topic`,
  messageActions: 'Message',
  quote: 'Quote',
  copyText: 'Copy text',
  copyLink: 'Copy link',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'The browser did not allow to copy.',
  typing: (names: string[]) =>
    names.length > 3 ? 'Several people are typing…' : `${listOf(names)} ${names.length === 1 ? 'is' : 'are'} typing…`,
  notes: {
    joined: ({ name }: Note) => `${name} joined`,
    left: ({ name }: Note) => `${name} left`,
    renamed: ({ name, previous }: Note) => `${previous} is now ${name}`,
  },
  announceMany: (count: number, names: string) => `${count} new messages from ${names}`,

  // Writing
  messageTo: (place: string) => `Message ${place}`,
  send: 'Send',
  sending: 'Sending…',
  waiting: 'Waiting for the connection',
  notSent: 'Not sent.',
  nowSomebodyElse: (name: string) => `You were signed out, and are ${name} now.`,
  retry: 'Try again',
  retryNow: 'Try now',
  edit: 'Edit',
  discard: 'Discard',
  writingAs: 'Others see you as',
  changeName: 'Change name',
  skipToWriting: 'Skip to writing',
  suggestions: 'Suggestions',
  emoji: 'Emoji',
  findEmoji: 'Find an emoji',
  emojiGroups: 'Groups',
  emojiGroupNames: [
    'Smileys', 'People', 'Animals and nature', 'Food and drink', 'Travel and places', 'Activities', 'Objects', 'Symbols', 'Flags',
  ],
  nothingFound: 'Nothing found.',
  commandsTitle: 'Commands',
  commands: {
    me: { argument: 'waves', means: 'Say what you do' },
    nick: { argument: 'name', means: 'Change your name' },
    topic: { argument: 'words', means: 'Set the topic of this room' },
    join: { argument: 'room', means: 'Open a room' },
    leave: { argument: '', means: 'Leave this room' },
    keys: { argument: '', means: 'Show all keys' },
  },

  // Oneself
  you: 'You',
  settingsOf: (name: string) => `${name}, settings`,
  yourName: 'Your name',
  save: 'Save',
  saved: 'Saved',
  close: 'Close',
  theme: 'Colours',
  language: 'Language',
  asSystem: 'System',
  light: 'Light',
  dark: 'Dark',
  notifications: 'Notifications',
  notifyMe: 'Notify me of',
  notifyAll: 'Everything',
  notifyMentions: 'Mentions',
  notifyNothing: 'Nothing',
  allowNotifications: 'Allow notifications',
  permissions: {
    default: 'This browser has not been asked yet.',
    granted: 'Allowed. Each room has its own choice.',
    denied: 'Blocked in this browser’s settings for this page.',
    unsupported: 'Not possible here: browsers want https for it.',
  },
  signedIn: 'Signed in',
  signOut: 'Sign out',
  thisBrowser: 'this browser',
  lastSeen: (time: string) => `last seen ${time}`,

  keys: {
    title: 'Keyboard',
    switcher: 'Find a room or a person',
    previousRoom: 'Room above',
    nextRoom: 'Room below',
    send: 'Send',
    newLine: 'New line',
    recall: 'Your last message again (in an empty field)',
    complete: 'Take a suggestion for @name, :emoji: or /command',
    escape: 'Mark as read, to the newest',
    toMessages: 'From the field to the messages',
    walk: 'From message to message',
    help: 'This list',
  },
};

export type Texts = typeof en;
