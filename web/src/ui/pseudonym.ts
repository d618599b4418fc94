const FORM = /^p-[a-z2-7]{10}$/;

/** What the server writes in place of a person's id where the reader may not see names. */
export const isPseudonym = (id: string): boolean => FORM.test(id);
