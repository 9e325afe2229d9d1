/** Percentage of recorded cases that must pass in every state. Never lowered. */
export const BAR_PERCENT = 100;

/** Percentage of recorded error texts that must be equal. Two name the time of the recording, two an entry met by chance. */
export const ERROR_TEXTS_PERCENT = 93;
