/**
 * The domain's refusals. Verbs throw these and nothing else; each door maps a kind once (page: 404/403/422/409/503,
 * API: problem, command: a sentence and exit 1). `code` is stable; `message` is a French sentence with place and remedy.
 */
export type RefusalKind =
  | 'invalid'
  | 'not-found'
  | 'forbidden'
  | 'conflict'
  | 'unauthenticated'
  | 'unavailable'
  | 'too-many';

export type FieldError = { field: string; message: string };

export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly code: string;
  readonly fields: FieldError[];

  constructor(kind: RefusalKind, code: string, message: string, fields: FieldError[] = []) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.code = code;
    this.fields = fields;
  }
}

export const invalid = (code: string, message: string, fields: FieldError[] = []) =>
  new Refusal('invalid', code, message, fields);
/** For what does not exist and for what one may not know about: the two must not differ. */
export const notFound = (what: string) => new Refusal('not-found', 'introuvable', `${what} : introuvable.`);
export const forbidden = (message: string) => new Refusal('forbidden', 'interdit', message);
export const conflict = (code: string, message: string) => new Refusal('conflict', code, message);
export const unavailable = (code: string, message: string) => new Refusal('unavailable', code, message);
export const tooMany = (message: string) => new Refusal('too-many', 'trop_de_demandes', message);
