/**
 * Who may see a field's value: `public` may be logged; `identity` points at a person, at what they read or owe, and is
 * shown only to them; `secret` is shown to nobody. A field that no table knows is `identity`.
 */
export type PrivacyClass = 'public' | 'identity' | 'secret'
