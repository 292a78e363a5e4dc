/** A mail address as a message can be sent to it: one, and nothing that an SMTP command or a header would read otherwise. */
const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;
export const isAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text);
