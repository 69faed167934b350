// One of a few.
interface Props {
  legend: string;
  name: string;
  choices: readonly (readonly [value: string, label: string])[];
  value: string;
  choose: (value: string) => void;
}

export function Choices({ legend, name, choices, value, choose }: Props) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      <div>
        {choices.map(([choice, label]) => (
          <label key={choice}>
            <input type="radio" name={name} value={choice} checked={choice === value} onChange={() => choose(choice)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
