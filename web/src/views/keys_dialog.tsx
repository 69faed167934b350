// All keys, so that nobody has to guess.
import { t } from '../texts';
import { Dialog } from './dialog';

export function KeysDialog() {
  const words = t();
  const keys: [string[], string][] = [
    [[words.commandKey, 'K'], words.keys.switcher],
    [['Alt', '↑'], words.keys.previousRoom],
    [['Alt', '↓'], words.keys.nextRoom],
    [['Enter'], words.keys.send],
    [['Shift', 'Enter'], words.keys.newLine],
    [['↑'], words.keys.recall],
    [['Tab'], words.keys.complete],
    [['Esc'], words.keys.escape],
    [['Shift', 'Tab'], words.keys.toMessages],
    [['↑', '↓'], words.keys.walk],
    [['?'], words.keys.help],
  ];
  return (
    <Dialog title={words.keys.title} class="keys">
      <dl>
        {keys.map(([combination, means]) => (
          <div key={means}>
            <dt>
              {combination.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <h3>{words.commandsTitle}</h3>
      <dl>
        {Object.entries(words.commands).map(([name, { argument, means }]) => (
          <div key={name}>
            <dt>
              <code>
                /{name} {argument}
              </code>
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
