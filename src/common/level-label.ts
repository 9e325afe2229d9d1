/** The label that the level has which ingest detects (spec fact 196); chunks keep it in a column of its own. */
export const LEVEL_LABEL = 'detected_level';
