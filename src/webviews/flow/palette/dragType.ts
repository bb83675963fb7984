/** What a dragged entry of the palette is called in a drop. */
export const dragType = 'application/x-quarterdeck-node';
