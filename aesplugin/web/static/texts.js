// The page's texts in its language. English ones stand where they are shown; `window.aesTexts` has
// those of another language, see routes/texts.py.
const others = window.aesTexts ?? { texts: {}, form: () => 0 };

export const language = document.documentElement.lang;

// A number as the language writes it.
export const number = (value) => value.toLocaleString(language);

// The text with its {values}.
export const t = (text, values = {}) => filled(others.texts[text] ?? text, values);

// The text for a number, which is its {n}: `one` where it is one, as English has it.
export function plural(one, more, n, values = {}) {
  const forms = others.texts[one] ?? [one, more];
  const form = others.texts[one] ? others.form(n) : Number(n !== 1);
  return filled(forms[form], { n: number(n), ...values });
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (field, name) => values[name] ?? field);
