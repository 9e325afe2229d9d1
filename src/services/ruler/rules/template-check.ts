/** Throws when `text` is not a template. `name` is what the error calls it: `__alert_HighErrors`. */
export type TemplateCheck = (name: string, text: string) => void;
