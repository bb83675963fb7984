/** Characters of the largest diagram that is drawn. */
export const diagramLimit = 200_000;

/** Milliseconds that drawing may take. */
export const drawingLimitMs = 15_000;
