import type { Child } from 'hono/jsx';
import type { FieldError } from '../../base/errors.ts';

/*
 * Forms. `<ErrorSummary errors={refusal.fields} />` on top, then
 * `<Field name="subject" label="Objet" value={v.subject} error={errorOf(errors, 'subject')} required />`.
 * Radio buttons and boxes: `Choices`; one box: `Check`. A field's id is `fieldId(name)`; the summary links to it.
 */

export const fieldId = (name: string): string => `champ-${name.replace(/[^\w-]+/g, '-')}`;

/** The message for one field, if any. */
export const errorOf = (errors: readonly FieldError[] | undefined, name: string): string | undefined =>
  errors?.find((e) => e.field === name)?.message;

/** What is to correct, with links to each field. It takes the focus when the page opens (A11Y-02). */
export const ErrorSummary = ({ errors, message }: { errors?: readonly FieldError[]; message?: string }) =>
  errors?.length || message ? (
    // After a refused form the reader must start here, and not at the top of the page.
    <div class="errors" role="alert" tabindex={-1} autofocus>
      <h2>
        {message ?? (errors?.length === 1 ? 'Un point est à corriger' : `${errors?.length} points sont à corriger`)}
      </h2>
      {errors && errors.length > 0 && (
        <ul>
          {errors.map((e) => (
            <li>
              <a href={`#${fieldId(e.field)}`}>{e.message}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  ) : null;

/** `more`: questions that only this answer raises, of `Choices`; shown under it, and hidden while another one is chosen. */
export type Option = { value: string; label: string; hint?: Child; disabled?: boolean; more?: Child };

type Common = { name: string; label: string; hint?: Child; error?: string | undefined; required?: boolean };

const describedBy = (p: Common): string | undefined =>
  [p.hint ? `${fieldId(p.name)}-aide` : '', p.error ? `${fieldId(p.name)}-erreur` : ''].filter(Boolean).join(' ') ||
  undefined;

const Hint = (p: Common) =>
  p.hint ? (
    <p class="hint" id={`${fieldId(p.name)}-aide`}>
      {p.hint}
    </p>
  ) : null;

const FieldErrorText = (p: Common) =>
  p.error ? (
    <p class="error" id={`${fieldId(p.name)}-erreur`}>
      <span class="hidden">Erreur : </span>
      {p.error}
    </p>
  ) : null;

const Optional = (p: Common) => (p.required ? null : <span class="optional"> (facultatif)</span>);

type FieldProps = Common & {
  kind?:
    | 'text'
    | 'email'
    | 'password'
    | 'search'
    | 'url'
    | 'number'
    | 'date'
    | 'datetime-local'
    | 'time'
    | 'color'
    | 'file'
    | 'code'
    | 'textarea'
    | 'select';
  value?: string | number | null | undefined;
  /** For `select`. Give an empty value first when nothing is chosen yet. */
  options?: readonly Option[];
  /** For `textarea`. */
  rows?: number;
  /** How wide the answer is expected to be. */
  size?: 'short' | 'medium' | 'full';
  /** Leaves out « (facultatif) », for search and filters where nothing is required. */
  bare?: boolean;
  autocomplete?: string;
  inputmode?: 'numeric' | 'email' | 'url' | 'search' | 'text';
  min?: string | number;
  max?: string | number;
  step?: string | number;
  maxlength?: number;
  accept?: string;
  multiple?: boolean;
  readonly?: boolean;
  spellcheck?: boolean;
};

/** One question: label, hint, answer, error. `kind="code"` is the one-time code of a mail. */
export const Field = (p: FieldProps) => (
  <div class={`field size-${p.size ?? 'medium'}${p.error ? ' wrong' : ''}`}>
    <label for={fieldId(p.name)}>
      {p.label}
      {!p.bare && <Optional {...p} />}
    </label>
    <Hint {...p} />
    <FieldErrorText {...p} />
    <Control {...p} />
  </div>
);

const Control = (p: FieldProps) => {
  const shared = {
    id: fieldId(p.name),
    name: p.name,
    required: p.required,
    autocomplete: p.autocomplete,
    'aria-describedby': describedBy(p),
    'aria-invalid': p.error ? ('true' as const) : undefined,
  };
  if (p.kind === 'textarea')
    return (
      <textarea {...shared} rows={p.rows ?? 5} maxlength={p.maxlength} readonly={p.readonly} spellcheck={p.spellcheck}>
        {p.value ?? ''}
      </textarea>
    );
  if (p.kind === 'select')
    return (
      <select {...shared}>
        {p.options?.map((o) => (
          <option value={o.value} selected={String(p.value ?? '') === o.value} disabled={o.disabled}>
            {o.label}
          </option>
        ))}
      </select>
    );
  if (p.kind === 'file') return <input {...shared} type="file" accept={p.accept} multiple={p.multiple} />;
  const code = p.kind === 'code';
  return (
    <input
      {...shared}
      type={code ? 'text' : (p.kind ?? 'text')}
      class={code ? 'code' : undefined}
      value={p.value ?? ''}
      autocomplete={p.autocomplete ?? (code ? 'one-time-code' : undefined)}
      inputmode={p.inputmode ?? (code ? 'numeric' : undefined)}
      min={p.min}
      max={p.max}
      step={p.step}
      maxlength={p.maxlength}
      readonly={p.readonly}
      spellcheck={p.spellcheck}
    />
  );
};

/**
 * A question with a few answers. `kind="radio"` takes one value, `kind="checkbox"` several (same name repeated).
 * The first answer carries the id that the error summary links to.
 */
export const Choices = (
  p: Common & {
    kind?: 'radio' | 'checkbox';
    options: readonly Option[];
    value?: string | readonly string[] | null | undefined;
    inline?: boolean;
    bare?: boolean;
  },
) => {
  const chosen = new Set(
    p.value === null || p.value === undefined ? [] : typeof p.value === 'string' ? [p.value] : p.value,
  );
  const kind = p.kind ?? 'radio';
  return (
    <fieldset
      class={`field choices${p.inline ? ' inline' : ''}${p.error ? ' wrong' : ''}`}
      aria-describedby={describedBy(p)}
    >
      <legend>
        {p.label}
        {!p.bare && kind === 'radio' && <Optional {...p} />}
      </legend>
      <Hint {...p} />
      <FieldErrorText {...p} />
      {p.options.map((o, i) => {
        const id = i === 0 ? fieldId(p.name) : `${fieldId(p.name)}-${i + 1}`;
        return (
          <div class="choice">
            <input
              type={kind}
              id={id}
              name={p.name}
              value={o.value}
              checked={chosen.has(o.value)}
              disabled={o.disabled}
              required={kind === 'radio' && p.required}
              aria-describedby={o.hint ? `${id}-aide` : undefined}
            />
            <label for={id}>{o.label}</label>
            {o.hint && (
              <p class="hint" id={`${id}-aide`}>
                {o.hint}
              </p>
            )}
            {o.more && <div class="more">{o.more}</div>}
          </div>
        );
      })}
    </fieldset>
  );
};

/** One box to tick; sends `value` (« 1 ») or nothing. */
export const Check = (p: Common & { checked?: boolean; value?: string }) => (
  <div class={p.error ? 'field wrong' : 'field'}>
    <FieldErrorText {...p} />
    <div class="choice">
      <input
        type="checkbox"
        id={fieldId(p.name)}
        name={p.name}
        value={p.value ?? '1'}
        checked={p.checked}
        required={p.required}
        aria-describedby={describedBy(p)}
        aria-invalid={p.error ? 'true' : undefined}
      />
      <label for={fieldId(p.name)}>{p.label}</label>
      <Hint {...p} />
    </div>
  </div>
);

/** Short fields on one line where there is room: filters, a date and an hour. */
export const FieldRow = ({ children }: { children?: Child }) => <div class="field-row">{children}</div>;
